"""What the authority signs: certificates for people, by RFC 5280. Its own two certificates are made here too, once."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from keys.ca import storage
from keys.ca.names import Person, subject
from keys.ca.profile import Addresses, Profile
from keys.ca.storage import Material
from keys.sealing import Sealer

_ROOT_LIFE = timedelta(days=7300)
_ISSUING_LIFE = timedelta(days=3650)
_ROOT_PATH, _ISSUING_PATH = 1, 0


@dataclass(frozen=True, slots=True)
class Order:
    """A certificate that is to be made. `serial` is from `new_serial`, and recorded before anything is signed; `now` is seconds."""

    person: Person
    public_key: CertificatePublicKeyTypes
    serial: int
    now: int


class Authority:
    """Signs. Threads may share it."""

    def __init__(self, material: Material, profile: Profile, addresses: Addresses) -> None:
        self.root = material.root
        self.issuing = material.issuing
        self.root_key = material.root_key
        self.issuing_key = material.issuing_key
        self.profile = profile
        self.addresses = addresses
        self._key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(material.issuing_key.public_key())

    @classmethod
    def in_folder(
        cls, folder: Path, sealer: Sealer, profile: Profile, addresses: Addresses, *, name: str, now: int
    ) -> "Authority":
        """Return the authority in `folder`, which is made when there is none, called `name`. Raises OSError, ValueError, BadSealError."""
        material = storage.read(folder, sealer)
        if material is None:
            with storage.making(folder):
                material = storage.read(folder, sealer)
                if material is None:
                    material = _made(name, addresses, _time(now - profile.backdate))
                    storage.write(folder, sealer, material)
        return cls(material, profile, addresses)

    def issue(self, order: Order) -> x509.Certificate:
        """Return a certificate for client authentication. The same order makes the same certificate, but for its signature."""
        begins = _time(order.now - self.profile.backdate)
        ends = min(_time(order.now + self.profile.lifetime), self.issuing.not_valid_after_utc)
        public_key = order.public_key
        builder = _begun(subject(order.person), self.issuing.subject, public_key, begins, ends, order.serial)
        for extension, critical in (
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (_key_usage(digital_signature=True), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False),
            (x509.SubjectAlternativeName([x509.UniformResourceIdentifier(order.person.uri)]), False),
            (self._key_id, False),
            (_information(self.addresses.issuing, self.addresses.ocsp), False),
            (_distribution(self.addresses.crl), False),
        ):
            builder = builder.add_extension(extension, critical=critical)
        return builder.sign(self.issuing_key, SHA256())


def new_serial() -> int:
    """Return a serial number: 159 random bits (RFC 5280 section 4.1.2.2)."""
    return x509.random_serial_number()


def _made(name: str, addresses: Addresses, begins: datetime) -> Material:
    root_key, issuing_key = ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, issuing_name = _name(f"{name} Root"), _name(f"{name} Issuing 1")
    root = _authority(root_name, root_name, root_key.public_key(), (begins, begins + _ROOT_LIFE), _ROOT_PATH)
    issuing = _authority(
        issuing_name, root_name, issuing_key.public_key(), (begins, begins + _ISSUING_LIFE), _ISSUING_PATH
    )
    for extension in (
        x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()),
        _information(addresses.root, ""),
        _distribution(addresses.root_crl),
    ):
        issuing = issuing.add_extension(extension, critical=False)
    return Material(root.sign(root_key, SHA384()), root_key, issuing.sign(root_key, SHA384()), issuing_key)


def _authority(
    name: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    validity: tuple[datetime, datetime],
    path: int,
) -> x509.CertificateBuilder:
    builder = _begun(name, issuer, public_key, *validity, new_serial())
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=path), critical=True)
    # `digital_signature`: it answers OCSP itself.
    usage = _key_usage(key_cert_sign=True, crl_sign=True, digital_signature=path == _ISSUING_PATH)
    return builder.add_extension(usage, critical=True)


def _begun(  # noqa: PLR0917 - the fields of a certificate, in their order
    name: x509.Name,
    issuer: x509.Name,
    public_key: CertificatePublicKeyTypes,
    begins: datetime,
    ends: datetime,
    serial: int,
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(public_key)
    builder = builder.not_valid_before(begins).not_valid_after(ends).serial_number(serial)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _key_usage(
    *, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _information(issuer: str, ocsp: str) -> x509.AuthorityInformationAccess:
    found = [
        x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(ocsp))
        if ocsp
        else None,
        x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(issuer)),
    ]
    return x509.AuthorityInformationAccess([one for one in found if one])


def _distribution(address: str) -> x509.CRLDistributionPoints:
    where = [x509.UniformResourceIdentifier(address)]
    return x509.CRLDistributionPoints([x509.DistributionPoint(where, None, None, None)])


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
