"""Makes lines of text with personal values, and ordinary lines that only look like it.

Values are drawn by chance, always the same; checksums are valid. Lines come from harbours,
workshops, laboratories, shops, offices and networks, in English, German, French and Spanish.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.guardrails.detectors import Kind

Draw = Callable[[random.Random], str]


@dataclass(frozen=True, slots=True)
class Line:
    """One text; `value` is what has to be masked in it, None in an ordinary line."""

    group: str
    text: str
    kind: Kind | None = None
    value: str = ""


def lines(per_template: int, seed: int = 4) -> Iterator[Line]:
    """Yield each template `per_template` times; in it `#` is a digit and `{}` the value."""
    chance = random.Random(seed)
    for group, kind, templates, draw in VALUES:
        for template in templates:
            for _ in range(per_template):
                value = draw(chance)
                yield Line(group, _digits(template, chance).replace("{}", value), kind, value)
    for group, templates in ORDINARY.items():
        for template in templates:
            for _ in range(per_template):
                yield Line(group, _filled(template, chance))


def _digits(template: str, chance: random.Random) -> str:
    return re.sub("#", lambda _: chance.choice("0123456789"), template)


def _filled(template: str, chance: random.Random) -> str:
    text = _digits(template, chance)
    for name, draw in DRAWN.items():
        while f"{{{name}}}" in text:
            text = text.replace(f"{{{name}}}", draw(chance), 1)
    return text


def _shape(*shapes: str) -> Draw:
    """Return a drawer of numbers in one of these shapes; `#` is any digit, `9` one of 2 to 9."""
    return lambda chance: re.sub(
        "[#9]",
        lambda match: chance.choice("0123456789" if match[0] == "#" else "23456789"),
        chance.choice(shapes),
    )


def _luhn(digits: str) -> str:
    for last in "0123456789":
        number = [int(char) for char in digits + last]
        doubled = [2 * d - 9 * (d > 4) for d in number[-2::-2]]
        if (sum(number[-1::-2]) + sum(doubled)) % 10 == 0:
            return digits + last
    raise AssertionError(digits)


def _card(chance: random.Random) -> str:
    prefix, length = chance.choice((("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("37", 15)))
    number = _luhn(_digits(prefix.ljust(length - 1, "#"), chance))
    joint = chance.choice(("", " ", "-"))
    if length == 15:
        return joint.join((number[:4], number[4:10], number[10:]))
    return joint.join(number[n : n + 4] for n in range(0, 16, 4))


def _iban(chance: random.Random) -> str:
    country, length = chance.choice((("DE", 22), ("AT", 20), ("FR", 27), ("ES", 24), ("CH", 21)))
    account = _digits("#" * (length - 4), chance)
    letters = "".join(str(int(char, 36)) for char in f"{account}{country}00")
    iban = f"{country}{98 - int(letters) % 97:02d}{account}"
    if chance.random() < 0.5:
        return iban
    return " ".join(iban[n : n + 4] for n in range(0, length, 4))


def _ean(chance: random.Random, prefix: str = "4") -> str:
    digits = _digits(prefix.ljust(12, "#"), chance)
    total = sum(int(d) * (3 if position % 2 else 1) for position, d in enumerate(digits))
    return digits + str(-total % 10)


def _tax_number(chance: random.Random) -> str:
    """Return a German tax id: ISO/IEC 7064, MOD 11,10; one digit twice, one missing."""
    nine = chance.sample("0123456789", 9)
    twice = chance.randrange(1, 9)
    digits = [nine[0] if nine[0] != "0" else "1", *nine[1:], nine[twice]]
    chance.shuffle(digits)
    while digits[0] == "0":
        chance.shuffle(digits)
    product = 10
    for digit in digits:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    number = "".join(digits) + str((11 - product) % 10)
    return chance.choice((number, f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:]}"))


def _nir(chance: random.Random) -> str:
    number = f"{chance.choice('12')}{chance.randrange(40, 99)}{chance.randrange(1, 13):02d}"
    number += _digits("75###0##", chance)
    key = f"{97 - int(number) % 97:02d}"
    parts = (number[0], number[1:3], number[3:5], number[5:7], number[7:10], number[10:], key)
    return chance.choice(("", " ")).join(parts)


def _dni(chance: random.Random) -> str:
    number = chance.randrange(10_000_000, 99_999_999)
    return f"{number}{chance.choice(('', '-'))}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"


def _ahv(chance: random.Random) -> str:
    digits = _ean(chance, "756")
    return f"{digits[:3]}.{digits[3:7]}.{digits[7:11]}.{digits[11:]}"


def _octets(*parts: str) -> Draw:
    return lambda chance: re.sub("x", lambda _: str(chance.randrange(1, 30)), chance.choice(parts))


def _public(chance: random.Random) -> str:
    return ".".join(str(chance.randrange(41, 255)) for _ in range(4))


def _outline(chance: random.Random) -> str:
    return ".".join(str(chance.randrange(1, 13)) for _ in range(4))


def _day(chance: random.Random) -> str:
    year, month, day = (
        chance.randrange(1948, 2007),
        chance.randrange(1, 13),
        chance.randrange(1, 29),
    )
    return chance.choice((f"{day}.{month}.{year}", f"{day:02d}/{month:02d}/{year}"))


GERMAN_PHONE = _shape(
    "040 9######", "040 / 9## ## ##", "0171-9######", "(040) 9#####-##", "040/9####-0", "0209 9####"
)
ABROAD = _shape(
    "+49 40 9######", "+49 (0)40 9#####-##", "0049 40 9######", "+33 1 42 9# ## ##",
    "+34 612 9## ###", "+44 20 79## ####", "+1 541 754 ####", "+41 44 9## ## ##", "+4917199#####",
)  # fmt: skip
AMERICAN = _shape("(541) 754-####", "541-754-####", "541.754.####", "1-800-754-####")
FRENCH_PHONE = _shape("01 42 9# ## ##", "06.12.9#.##.##", "0142######", "04-78-9#-##-##")
SPANISH_PHONE = _shape("912 9## ###", "91 9## ## ##", "612 9# ## ##", "6129#####")
ODD_PHONE = _shape("525-55-762-####", "55 762 ####", "(99) 645-7##", "754 ####", "60-56-##-91")

VALUES: tuple[tuple[str, Kind, tuple[str, ...], Draw], ...] = (
    (
        "phone, with a word", Kind.PHONE,
        ("Tel.: {}", "Telefon {} (werktags)", "Telefonnummer: {}", "Tel.-Nr. {}", "Mobil {}",
         "Handy: {}", "Fax {}", "Rufen Sie mich unter {} an", "Sie erreichen mich unter {}.",
         "Telefon-Nr.: {}", "Meine Nummer ist {}", "Mobiltelefon {}", "Telefax: {}",
         "| Depot | Tel. {} | Halle # |", "Herr Petersen, Handynummer {}"),
        GERMAN_PHONE,
    ),
    (
        "phone, with a word", Kind.PHONE,
        ("Phone: {}", "Call me at {} after noon", "Telephone number: {}", "Cell {}",
         "my number is {}",
         "You can reach her on {}", "Fax: {}", "mobile: {}", "Phone no. {}", "text me at {}"),
        AMERICAN,
    ),
    (
        "phone, with a word", Kind.PHONE,
        ("Tél. : {}", "Téléphone : {}", "Portable : {}", "Appelez-moi au {}", "joignable au {}",
         "Fixe : {}", "Mon numéro est le {}", "Tel {} (bureau)"),
        FRENCH_PHONE,
    ),
    (
        "phone, with a word", Kind.PHONE,
        ("Teléfono: {}", "Tfno. {}", "Móvil: {}", "Llámeme al {}", "Mi número es {}", "Tel. {}"),
        SPANISH_PHONE,
    ),
    (
        "phone, odd form", Kind.PHONE,
        ("Telephone: {}", "Phone: {}", "Telefon: {}", "Mobile {}", "They're not answering at {}"),
        ODD_PHONE,
    ),
    (
        "phone, short", Kind.PHONE,
        ("Tel.: {}", "Durchwahl: {}", "Phone: {}", "Telefon {}", "Fax: {}"),
        _shape("9# ## ##", "9#####", "9####"),
    ),
    (
        "phone, international", Kind.PHONE,
        ("Anna Petersen, {}", "{}\nanna@nordhafen.example", "| Petersen | {} | B 2.14 |",
         "<a href=\"tel:{}\">", "Depot Sud {} / gate #", "T {} | M: on request", "gdy. {}"),
        ABROAD,
    ),
    (
        "phone, national, no word", Kind.PHONE,
        ("Anna Petersen, {}", "| Petersen | {} | Raum 214 |", "Herr Kruse hat jetzt die {}",
         "Bereitschaft: Kruse {}"),
        _shape("040 9######", "0171-9######", "(040) 9#####-##", "040/9######"),
    ),
    (
        "phone, national, no word", Kind.PHONE,
        ("Mme Durand, {}", "| Durand | {} | atelier |"),
        _shape("01 42 9# ## ##", "06.12.9#.##.##"),
    ),
    ("phone, national, no word", Kind.PHONE, ("Ann Lee, {}", "| Lee | {} | dock # |"), AMERICAN),
    (
        "card", Kind.CARD,
        ("Kreditkarte {}", "my card {} was charged", "{}", "Visa {} 0#/28", "carte bancaire {}",
         "tarjeta {}", "| Petersen | {} |", "Please refund {} today"),
        _card,
    ),
    (
        "card, wrong digit", Kind.CARD,
        ("Kreditkarte: {}", "my credit card number is {}", "card no. {}", "carte bancaire : {}"),
        _shape("4### #### #### ####", "5299##########99"),
    ),
    (
        "iban", Kind.IBAN,
        ("IBAN: {}", "IBAN {} BIC DEUTDEFF", "Konto {}", "bitte auf {} überweisen", "{}",
         "virement sur {}", "cuenta {}", "| Kruse | {} |"),
        _iban,
    ),
    ("iban, wrong digit", Kind.IBAN, ("IBAN: {}",
     "IBAN {}"), _shape("DE00 #### #### #### #### ##")),
    (
        "ip, with a word", Kind.IP,
        ("ping {}", "the server {} is down", "Drucker-IP: {}", "host {}", "ssh admin@{}",
         "le serveur {}", "el servidor {}"),
        _octets("10.x.x.x", "172.16.x.x", "192.168.x.x", "8.x.x.x"),
    ),
    (
        "ip, in prose", Kind.IP,
        ("We moved it to {} last week", "The scanner has {} now.", "Seit gestern läuft er auf {}.",
         "The old one was {}, it is gone.", "can you reach {} from the depot?",
         "{} antwortet nicht"),
        _octets("10.x.x.x", "172.16.x.x", "192.168.x.x", "10.0.x.x"),
    ),
    ("ip, in prose", Kind.IP, ("requests come from {}", "blocked {} today", "{}"), _public),
    ("ip, version 6", Kind.IP,
     ("ping {}", "the gateway is {}", "listen on {} and wait"),
     _shape("2001:db8::#", "fe80::1ff:fe23:45#7:890a", "2001:db8:85a3::8a2e:370:73#4")),
    (
        "id, United States", Kind.ID,
        ("SSN: {}", "social security number {}", "Employee Lee, {}", "his SSN is {}"),
        _shape("1##-4#-1###", "4##-6#-9###"),
    ),
    ("id, United States", Kind.ID, ("SSN {}", "SSN: {}"), _shape("1## 4# 1###", "4##6#9###")),
    (
        "id, Germany", Kind.ID,
        ("Steuer-ID: {}", "Steuerliche Identifikationsnummer {}", "IdNr. {}", "Steuer-IdNr. {}"),
        _tax_number,
    ),
    (
        "id, France", Kind.ID,
        ("Numéro de sécurité sociale : {}", "NIR {}", "n° de sécu {}", "Mme Durand {}"), _nir,
    ),
    ("id, Spain", Kind.ID, ("DNI: {}", "DNI {}", "NIF {}", "con DNI n.º {}"), _dni),
    ("id, Switzerland", Kind.ID, ("AHV-Nr. {}", "AHV {}", "Frau Meier, {}"), _ahv),
    (
        "date of birth", Kind.BIRTH,
        ("geboren am {}", "geb. {} in Kiel", "Geburtsdatum: {}", "date of birth: {}", "DOB {}",
         "born on {}", "née le {}", "date de naissance : {}", "fecha de nacimiento: {}",
         "nacido el {}"),
        _day,
    ),
    (
        "email", Kind.EMAIL,
        ("mail {}", "E-Mail: {}", "<{}>", "{}", "écrire à {}", "| Kruse | {} |"),
        _shape("anna.m#@nordhafen.example", "k##@shop.example.org", "müller#@werft.example"),
    ),
)  # fmt: skip

DRAWN: dict[str, Draw] = {
    "ean": _ean,
    "isbn": lambda chance: _ean(chance, "978"),
    "outline": _outline,
    "heading": lambda _: "##",
    "luhn16": lambda chance: _luhn(_digits("4" + "#" * 14, chance)),
    "luhn14": lambda chance: _luhn(_digits("1" + "#" * 12, chance)),
    "luhn12": lambda chance: _luhn(_digits("5" + "#" * 10, chance)),
    "time": lambda chance: f"{chance.randrange(6, 22):02d}:{chance.randrange(60):02d}",
    "stamp": lambda chance: (
        f"2024{chance.randrange(1, 13):02d}{chance.randrange(10, 29)}"
        f"{chance.randrange(10, 24)}{chance.randrange(10, 60)}{chance.randrange(10, 60)}"
    ),
}

ORDINARY: dict[str, tuple[str, ...]] = {
    "part numbers": (
        "Art.-Nr. 0893 6## ###", "Artikelnummer 0#93-6#####", "Part no. 541-754-####",
        "P/N 1##-4#-1###", "Teilenummer: 040 123 4##", "Bestell-Nr. 0171-12345##",
        "Ersatzteil Nr. 541.754.####", "Référence 01 42 68 ## ##", "réf. : 06.12.34.##.##",
        "Referencia 912 345 ###", "item number 2##-3##-4###", "SKU 00493012345##",
        "Material 00100012##", "Materialnummer 0080001##", "Serial number 525-55-762-####",
        "Seriennummer 4### #### ####", "N° de série 4### 5### 61##", "Modell 1090-4000-5###",
        "catalogue no. 078-05-11##", "spare part 541-754-#### for the winch",
        "Artikel 0893 610 1## (Karton zu 50 Stück)", "GTIN {ean}", "EAN: {ean}", "EAN-Code {ean}",
        "ISBN {isbn}", "ISBN 978-3-16-148410-0", "SKU {luhn16}", "Sachnummer 12 345 67 ####",
        "gasket 12.34.56.78, art. no. 541-754-####", "Zeichnung 525-55-762-####",
    ),
    "orders and invoices": (
        "Bestellnummer 4500 1234 ##", "order no. 450 012 34##", "Order number 541-754-####",
        "Rechnung Nr. 0401 234 5##", "Rechnungsnummer 2024-00123##", "invoice 0040 1234 5##",
        "Facture n° 01 42 68 53 ##", "Pedido 912 345 6##", "Auftrag 0171 12345##",
        "Lieferschein 0049 4012 34##", "ticket 541-754-####", "Vorgang 040/12345##",
        "Kundennummer 040 1234 5##", "customer number {luhn12}", "case 1##-4#-1###",
        "Tracking number {luhn14}", "Sendungsnummer {luhn12}", "Vertrag 0209 123 4##",
        "call 2024-00123## is closed", "Aktenzeichen 040-123456-##", "Zählernummer {luhn14}",
        "Container MSKU 123456# is at berth #", "purchase order {luhn14}", "HS code 8703.23.19",
        "Inventarnummer 0171-1234###", "contract no. 0171-12345##", "n° de commande 0142 68 ####",
    ),
    "standards and versions": (
        "DIN EN 14175-3:2019-07", "DIN EN ISO 9001:2015-11", "ISO/IEC 27001:2022",
        "nach DIN EN 12469:2000-05 und DIN 1946-7:2009-07", "EN 60601-1-2:2015",
        "VDE 0100-410:2018-10",
        "DIN VDE 0701-0702:2008-06", "NF EN 1090-2 2018-09-01", "UNE-EN 12845-1:2016-04",
        "firmware 2.60.1.7", "Version 10.0.1.4", "driver 12.1.0.4 installed", "Treiber 31.0.15.3",
        "release 4.0.12.1", "Software 10.2.1.3 vom 12.3.", "app version 3.2.10.5",
        "build 20240115.1234",
        "Python 3.12.10, OpenSSL 3.0.13", "RFC 2119, 2822 and 5322", "UN 1263, ADR 3, 8.1.2.3",
        "DGUV Vorschrift 3, BGI 5190", "TRGS 526, TRBS 1201-2", "EG 1907/2006, 1272/2008",
    ),
    "outlines": (
        "see {outline} below", "{outline} Termination of the lease", "as described in {outline}",
        "siehe {outline} und {outline}", "Section {outline} applies", "laut Abschnitt {outline}",
        "{heading} {outline} Servers in the north hall", "gemäß {outline}", "voir {outline}",
        "véase {outline}",
        "{outline} Lieferbedingungen ......... 4#", "{outline}\tScope of delivery\t12",
        "the requirements of {outline} to {outline}", "nach Ziffer {outline} Satz 1",
        "(cf. {outline})", "conformément à l'article {outline}", "según el apartado {outline}",
        "Tabelle {outline}: Grenzwerte", "as set out in {outline}, {outline} and {outline}",
        "| {outline} | Mauerwerk | m² |", "Position {outline} Estrich", "Pos. {outline} Abbruch",
    ),
    "measures and money": (
        "4000-5000 mm", "von 4000-5000-6000 mm Länge", "2.500.000 EUR", "+1 200 000 000 EUR",
        "+12 345 678 EUR im Plus", "EUR 12 345 678,90", "1 234 567 890 Stück", "+12.500.000 units",
        "0123 456789 kWh", "00 1200 3400 m", "12 345 67 890 kg brutto", "Mobilkran 40000-50000 kg",
        "Telefonkosten 2023: 12.345,67 EUR", "Mobile 10 000 000 users", "fax: 5 pages",
        "call 1200 3400 5600 units", "1 500 000 mobile phones", "25 000 000 home users",
        "1200345 office chairs sold", "Telefon 12 000 Stück, Handy 15 000 Stück",
        "phone sales 2021 1200, 2022 1350, 2023 1400", "U = 230-400-690 V",
        "300 x 400 x 1200-1500 mm",
        "capital de 1 250 000 000 euros", "un total de 912 345 678 euros", "541.754.1234 m²",
        "+350 EUR, -350 EUR, +1.250.000 EUR", "Hotline seit 2015-2023",
        "Telefon 2019-2024: 3 % mehr",
        "Mobil: 2 500 000 EUR", "budget télécom 2023 : 912 345 678 €", "300-500-1200 lx",
    ),
    "places and times": (
        "53.551086, 9.993682", "53.5511086, 009.9936820", "N 53 33 03.6 E 009 59 37.2",
        "32U 565120 5933810", "UTM 32 565120 5933810", "-33.8688 151.2093",
        "ETRS89 565 120 5 933 810",
        "2024-01-15 10:30:00", "from 2024-01-15 10:30:00 to 2024-02-15 11:45:00", "{stamp}",
        "backup_{stamp}.zip", "log {stamp} ok", "17000000000##", "1700000000", "0800 1200 1600 Uhr",
        "{time}-{time}, {time}-{time}", "Mo-Fr 0700-1600 0800-1200", "Schicht 06:00-14:00-22:00",
        "20095 Hamburg, 01067 Dresden", "01.02.2024 - 03.04.2024", "12-03-1984 bis 31-12-2024",
        "am 12.03.2024 um 10.30", "Kalenderwoche 01 02 03 04 05 06 07 08", "Gleis 01 02 03 04 05",
    ),
    "tables of figures": (
        "| 4500 | 4600 | 4700 | 4800 |", "4500 4600 4700 48## 49##", "4### 5### 6### 7### 8###",
        "123 456 789 | 234 567 890 | 345 678 901", "541 754 3010 | 612 345 678",
        "Umsatz 2021 2022 2023 2024", "12 14 18 22 19 17 12 14 ## ##", "1.200\t1.350\t1.410\t1.5##",
        "1 200 345 1 300 456 1 400 567", "| 0171 | 0209 | 0456 | 0789 |", "0.171 0.209 0.456 0.789",
        "4#### 4#### 4#### 4####", "1,23 4,56 7,89 0,12", "100-200-300 400-500-600",
        "0001 0002 0003 0004 0005", "541 754 3010 612 345 678", "2 4 8 16 32 64 128 256 512 1024",
        "Jan 12 345 Feb 23 456 Mar 34 567", "| A 100 | 1200 | 1350 | 14## | 15## |",
        "912 345 678\n913 456 789\n914 567 890", "0 1 2 3 4 5 6 7 8 9 10 11 12 13",
    ),
    "names and files": (
        "logo@2x.png", "icon@3x.webp", "package@1.2.3", "npm i left-pad@1.3.0", "@hafen/werkzeug",
        "std::vector<int> a::b", "10:30:00", "aa:bb:cc", "Fe::Ni", "1::2 Mischung",
        "key: value::text",
        "gebaut am 12.03.1984", "erstellt am 12.03.2024", "geborgen am 12.03.1984", "born digital",
        "gültig bis 12.03.2030", "DOB wird nicht erfasst", "Lieferdatum: 12.03.2024",
        "DE123456789 (USt-IdNr.)", "Steuernummer der Firma: HRB 12345",
        "Typ 12345678A", "Los 87654321-B", "Charge 12345678Z2",
    ),
}  # fmt: skip
