"""Every model, imported once: what migrations compare with the database."""

from idp.accounts import models as accounts
from idp.audit import models as audit
from idp.factors import models as factors
from idp.factors.certificate import models as certificate
from idp.factors.push import models as push
from idp.factors.recovery_codes import models as recovery_codes
from idp.factors.totp import models as totp
from idp.factors.webauthn import models as webauthn
from idp.login import models as login
from idp.notify import models as notify
from idp.oauth import models as oauth
from idp.relay import models as relay
from idp.web import models as web

IMPORTED = (
    accounts,
    audit,
    certificate,
    factors,
    login,
    notify,
    oauth,
    push,
    recovery_codes,
    relay,
    totp,
    web,
    webauthn,
)
