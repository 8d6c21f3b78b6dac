"""Puts signing in with certificates together."""

from dataclasses import dataclass

from config.provider import ProviderSettings
from idp.accounts.common import Common
from idp.factors.certificate.door import Door
from idp.factors.certificate.issuers import Issuers
from idp.factors.certificate.registration import Registration
from idp.factors.certificate.revocation import Revocation
from idp.factors.certificate.service import Certificates
from idp.factors.certificate.showing import Showing
from idp.factors.service import Factors
from idp.notify.outbound import Outbound


@dataclass(frozen=True, slots=True)
class ClientCertificates:
    """The method, who may use it, and the door at the address that asks for certificates."""

    method: Certificates
    registration: Registration
    door: Door


@dataclass(frozen=True, slots=True)
class _Calls:
    """Limits of calls to the addresses that stand in certificates.

    They were written there by an authority that the operator trusts, so they aren't a stranger's wish: they may lie in a private
    network, and without TLS, because all that is fetched there is signed.
    """

    timeout: float
    allow_private: bool = True


def build(common: Common, factors: Factors, settings: ProviderSettings) -> ClientCertificates:
    """Return them, sharing what they have in common."""
    wanted = settings.strong.certificate
    issuers = Issuers(wanted.issuers or ())
    revocation = Revocation(
        Outbound(_Calls(wanted.check_seconds)),
        common.clock,
        remember=wanted.remember,
        when_unchecked=wanted.when_unchecked,
    )
    showing = Showing(common, issuers, revocation, issuer=settings.issuer)
    return ClientCertificates(
        method=Certificates(common, factors, settings),
        registration=Registration(common, factors, issuers, revocation, issuer=settings.issuer, name=settings.brand.ca),
        door=Door(
            showing,
            address=wanted.address or "",
            proxies=wanted.proxies if wanted.address else (),
            proxy_secret=wanted.proxy_secret.get_secret_value() if wanted.proxy_secret else "",
            trusted_proxies=settings.trusted_proxies,
        ),
    )
