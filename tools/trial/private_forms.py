"""Natural sentences with personal data and secrets, to try what leaves the house.

What stands in double brackets must not leave. Keys are drawn by chance, always the same, so that no
text in the repository looks like the key of anybody; numbers with a check digit have a valid one
and belong to nobody.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_letters, ascii_uppercase, digits, hexdigits

_VALUE = re.compile(r"\[\[(.+?)\]\]", re.DOTALL)
_DRAWN = re.compile(r"\{(\w):(\d+)\}")
_ALPHABETS = {
    "a": ascii_letters + digits,
    "A": ascii_uppercase + digits,
    "u": ascii_uppercase,
    "b": ascii_letters + digits + "+/",
    "w": ascii_letters + digits + "-_",
    "h": hexdigits[:16],
    "d": digits,
    "l": ascii_letters.lower()[:26] + digits,
}


@dataclass(frozen=True, slots=True)
class PrivateForm:
    """A sentence, and the values in it that must not leave."""

    group: str
    text: str
    values: tuple[str, ...]


def private_forms(seed: int = 7) -> Iterator[PrivateForm]:
    """Yield all sentences, keys filled in."""
    yield from filled_in(FORMS, seed)


def filled_in(forms: Mapping[str, Sequence[str]], seed: int = 7) -> Iterator[PrivateForm]:
    """Yield sentences by their groups, keys filled in."""
    chance = random.Random(seed)
    for group, lines in forms.items():
        for line in lines:
            filled = _DRAWN.sub(lambda match: _drawn(chance, match[1], int(match[2])), line)
            values = tuple(_VALUE.findall(filled))
            yield PrivateForm(group, _VALUE.sub(r"\1", filled), values)


def _drawn(chance: random.Random, alphabet: str, length: int) -> str:
    letters = _ALPHABETS[alphabet]
    return "".join(chance.choice(letters) for _ in range(length))


FORMS: dict[str, tuple[str, ...]] = {
    "keys": (
        "The deploy uses [[AKIA{A:16}]] and fails.",
        "aws_secret_access_key = [[{b:38}Z9]]",
        "Our AWS secret access key is [[{b:38}q3]], can you check the policy?",
        "slack bot token [[xoxb-{d:11}-{d:12}-{a:24}]] stopped working",
        "curl https://hooks.slack.com/services/[[T{A:8}/B{A:8}/{a:24}]] says invalid_payload",
        "Teams: https://nordhafen.webhook.office.com/webhookb2/[[{h:8}-{h:4}-{h:4}-{h:4}-{h:12}"
        "@{h:8}-{h:4}-{h:4}-{h:4}-{h:12}/IncomingWebhook/{h:32}/{h:8}-{h:4}-{h:4}-{h:4}-{h:12}]]",
        "SendGrid key [[SG.{w:22}.{w:43}]] returns 401",
        "Twilio SID AC{h:32} with auth token [[{h:32}]]",
        "the Twilio API key [[SK{h:32}]]",
        "npm publish with [[npm_{a:36}]]",
        "twine upload -p [[pypi-AgEIcHlwaS5vcmc{w:80}]]",
        "git clone https://[[ghp_{a:36}]]@github.com/nordhafen/tide",
        "fine grained: [[github_pat_{a:22}_{a:59}]]",
        "GITLAB_TOKEN=[[glpat-{w:20}]]",
        "DefaultEndpointsProtocol=https;AccountName=hafen;AccountKey=[[{b:86}==]];"
        "EndpointSuffix=core.windows.net",
        "https://hafen.blob.core.windows.net/plans?sv=2022-11-02&se=2026-12-01&sr=c&sp=rl"
        "&sig=[[{a:40}%2F{a:2}%3D]]",
        "Telegram bot [[{d:10}:AA{w:33}]] does not answer",
        "stripe: [[sk_live_{a:24}]]",
        "webhook secret [[whsec_{a:32}]]",
        "maps key [[AIza{w:35}]] is blocked",
        "session [[eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ{a:20}.{w:43}]] has expired",
        "postgres://reports:[[Fjord-2026-tide]]@db.nordhafen.example:5432/reports",
        "curl -u 'anna:[[Kranhaus!77]]' https://api.nordhafen.example/v1",
        "Authorization: Basic [[{b:26}==]]",
        "Server=db1;Database=hr;User Id=sa;Password=[[Anker#2026]];Encrypt=true",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n[[{b:64}\n{b:64}\n={b:4}]]\n"
        "-----END PGP PRIVATE KEY BLOCK-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----\n[[{b:70}\n{b:70}]]\n"
        "-----END OPENSSH PRIVATE KEY-----",
        "mongodb+srv://crm:[[s3cr3t-quay]]@cluster0.nordhafen.example/crm",
        "hf token [[hf_{a:34}]] is read only",
        "OpenAI key: [[sk-proj-{w:48}]]",
        "DATABASE_PASSWORD: [[tr4wler-Seil]]",
        "X-API-Key: [[{h:40}]]",
        "the client secret of the Azure app is [[{a:3}8Q~{w:34}]]",
        "DigitalOcean [[dop_v1_{h:64}]]",
    ),
    "passwords": (
        "My password is [[Kranich77!]] and the portal refuses it.",
        "my password for the VPN is [[harbour-tide-9]]",
        "password: [[sommerregen]]",
        "The Wi-Fi password is [[Nordlicht2026]].",
        "login anna, pw [[Tide!4711]]",
        "user: anna / pass: [[Seil&Anker3]]",
        "PIN: [[4711]]",
        "my PIN is [[48213]], what now?",
        'The passphrase is "[[copper violin sunset 42]]"',
        "Das Passwort lautet [[Leuchtturm42]].",
        "Mein Kennwort ist [[Möwe!2026x]], es wird abgelehnt",
        "Passwort für das WLAN: [[Hafenrundfahrt]]",
        "Die PIN meiner Karte ist [[8812]].",
        "Zugangsdaten: kruse / [[Deich#19]]",
        "hasło to [[Bursztyn#5]]",
        "Moje hasło do poczty: [[latarnia2026]]",
        "kod PIN to [[9034]]",
        "Mon mot de passe est [[Phare!1984]], que faire ?",
        "mot de passe : [[voilier-bleu]]",
        "le code PIN est [[7719]]",
        "Mijn wachtwoord is [[Dijk2026!]]",
        "wachtwoord: [[zeehond77]]",
        "de pincode is [[3391]]",
        "la contraseña es [[Faro-2026]]",
        "La password è [[Gabbiano9!]]",
    ),
    "phones": (
        "Ring 0171 9876543 is wrong, [[0176 98765432]] is right",
        "Frau Lüders: [[04131 287654]]",
        "Rückruf bitte [[01719876543]]",
        "erreichbar 8-16 Uhr, [[+49 (0) 40 / 876 543-21]]",
        "Huber hat [[0664 1234567]]",
        "Wien: [[01 5134567]] oder [[0664/1234567]]",
        "Frau Meier, [[079 123 45 67]]",
        "Büro Zürich [[044 668 18 00]]",
        "[[0791234567]] gehört Frau Meier",
        "Zadzwoń: [[601 234 567]]",
        "pani Nowak, [[601-234-567]]",
        "biuro w Gdańsku [[58 301 23 45]]",
        "Mój numer to [[601234567]]",
        "bel me op [[06 12345678]]",
        "Mevrouw de Wit, [[06-12345678]]",
        "Kantoor Rotterdam: [[010-1234567]]",
        "[[0612345678]] is van Jan",
        "Mme Durand, [[06 12 34 56 78]]",
        "rappelle [[0612345678]]",
        "Signora Bianchi, [[347 1234567]]",
        "ufficio [[02 12345678]]",
        "cellulare [[3471234567]]",
        "la señora Ruiz, [[612 345 678]]",
        "oficina [[91 234 56 78]]",
        "Mrs Hill, [[020 7946 0958]]",
        "text [[07700 900123]]",
        "[[07700900123]] is Tom's mobile",
        "Ann Lee [[(541) 754-3010]]",
        "Lee [[541 754 3010]]",
        "voicemail [[5417543010]]",
        "WhatsApp [[+48601234567]]",
    ),
    "accounts and cards": (
        "card [[4111.1111.1111.1111]] was charged twice",
        "Karte [[4111/1111/1111/1111]]",
        "[[4111 1111 1111 1111]] exp 09/28 cvv [[123]]",
        "CVC: [[123]]",
        "amex [[3782 822463 10005]]",
        "[[de89 3704 0044 0532 0130 00]]",
        "Konto [[DE89.3704.0044.0532.0130.00]]",
        "bitte auf [[DE88 3704 0044 0532 0130 00]] überweisen",
        "przelew na [[PL61 1090 1014 0000 0712 1981 2874]]",
        "nr konta [[61 1090 1014 0000 0712 1981 2874]]",
        "Kontonummer [[532013000]], BLZ [[37040044]]",
        "rekening [[NL91 ABNA 0417 1643 00]]",
        "compte [[FR14 2004 1010 0505 0001 3M02 606]]",
        "sort code [[20-00-00]], account [[55779911]]",
        "routing number [[021000021]] account number [[1234567890]]",
    ),
    "numbers of people": (
        "Meine Steuer-ID ist [[86095742719]].",
        "Steuernummer [[21/815/08150]]",
        "USt-IdNr. [[DE136695976]]",
        "Sozialversicherungsnummer [[65 170839 J 003]]",
        "[[65170839J003]] steht auf dem Ausweis",
        "Krankenversichertennummer [[A123456780]]",
        "Personalausweis [[L01X00T47]]",
        "Mein Reisepass [[C01X00T47]] läuft ab",
        "Führerschein Nr. [[B072RRE2I55]]",
        "SV-Nr. [[1237 010180]]",
        "Huber, [[1237010180]]",
        "AHV [[756.9217.0769.85]]",
        "[[7569217076985]] ist die AHV-Nummer",
        "UID [[ATU13585627]]",
        "PESEL [[44051401359]]",
        "mój pesel to [[44051401359]]",
        "pracownik [[44051401359]] odchodzi",
        "NIP [[526-104-08-28]]",
        "numer dowodu [[ABS123456]]",
        "dowód osobisty [[ABS 123456]]",
        "paszport [[AB1234567]]",
        "BSN [[111222333]]",
        "burgerservicenummer is [[111222333]]",
        "btw-nummer [[NL123456782B90]]",
        "paspoort [[NX1234567]]",
        "numéro de sécu [[1 85 05 78 006 084 91]]",
        "SIREN [[732 829 320]]",
        "numéro fiscal [[30 23 217 600 053]]",
        "carte d'identité n° [[880692310285]]",
        "codice fiscale [[RSSMRA85T10A562S]]",
        "[[RSSMRA85T10A562S]] Rossi Mario",
        "partita IVA [[12345670017]]",
        "mi DNI es [[12345678Z]]",
        "NIE [[X1234567L]]",
        "[[X1234567L]]",
        "NINO [[AB 12 34 56 C]]",
        "my national insurance number is [[qq123456c]]",
        "UTR [[1123456789]]",
        "NHS number [[943 476 5919]]",
        "my SSN is [[123456789]]",
        "social [[078 05 1120]]",
        "SSN [[078051120]]",
        "driver's license [[D1234567]]",
        "driving licence [[MORGA657054SM9IJ]]",
        "passport [[123456789]]",
        "passport number is [[K1234567]]",
    ),
    "births, plates, places": (
        "geboren am [[12.03.1984]] in Kiel",
        "born [[March 12, 1984]]",
        "DOB [[1984-03-12]]",
        "birthday: [[12/03/84]]",
        "urodzony [[12.03.1984]]",
        "data urodzenia: [[12 marca 1984]]",
        "geboortedatum [[12-03-1984]]",
        "geboren op [[12 maart 1984]]",
        "né le [[12 mars 1984]]",
        "nata il [[12/03/1984]]",
        "Kennzeichen [[HH-AB 1234]]",
        "my number plate is [[AB12 CDE]]",
        "nr rejestracyjny [[GD 12345]]",
        "kenteken [[12-ABC-3]]",
        "immatriculation [[AB-123-CD]]",
        "ich wohne [[Lindenstraße 14, 20095 Hamburg]]",
        "she lives at [[221 Baker Street]]",
        "mieszkam przy [[ul. Długa 14]]",
        "j'habite au [[12 rue de la Paix]]",
        "ik woon op [[Keizersgracht 123]]",
    ),
    "addresses of machines and mail": (
        "fe80 is local, [[fe80::1]] answers",
        "[[::ffff:10.1.2.3]]",
        "[[2a00:1450::2]]",
        "MAC [[00:1A:2B:3C:4D:5E]]",
        "Drucker [[00-1a-2b-3c-4d-5e]]",
        "switch port [[001a.2b3c.4d5e]]",
        "[[anna.nowak (at) nordhafen.example]]",
        "[[anna.nowak[at]nordhafen[dot]example]]",
        "[[anna . nowak @ nordhafen . example]]",
        "[[anna at nordhafen dot example]]",
        "adres: [[anna.nowak(małpa)nordhafen.example]]",
        "mailto:[[o'neil@nordhafen.example]]",
    ),
}
