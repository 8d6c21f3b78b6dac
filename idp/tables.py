"""Every model, imported once: what migrations compare with the database."""

from idp.accounts import models as accounts
from idp.audit import models as audit
from idp.factors import models as factors
from idp.login import models as login
from idp.notify import models as notify
from idp.oauth import models as oauth
from idp.web import models as web

IMPORTED = (accounts, audit, factors, login, notify, oauth, web)
