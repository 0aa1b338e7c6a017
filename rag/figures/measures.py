"""Units and currencies in one spelling, with what they measure."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit with its dimension; `factor` is its size in the base unit of the dimension."""

    name: str
    dimension: str
    factor: Decimal


# dimension, unit = factor to the base unit, spellings. A month has no fixed number of days, so
# months and days are dimensions of their own.
_TABLE = """
time      second=1 sec secs seconds sekunde sekunden segundo segundos secondi seconden
time      minute=60 min mins minutes minuten minuto minutos minuti minuut
time      hour=3600 hr hrs hours h stunde stunden heure heures hora horas ora ore uur
time      day=86400 days tage tagen arbeitstage jour jours día días giorno giorni dag dagen
time      week=604800 weeks wk woche wochen semaine semaines semana semanas weken
time      week=604800 settimana settimane
month     month=1 months monat monate monaten mois mes meses mese mesi maand maanden
month     quarter=3 quarters quartal quartale trimestre trimestres kwartaal
month     year=12 years yr yrs annum jahr jahre jahren année années ans jaar jaren
month     year=12 año años anno anni
month     decade=120 decades
month     century=1200 centuries
length    mm=0.001 millimetre millimeter millimetres millimeters
length    cm=0.01 centimetre centimeter centimetres centimeters
length    metre=1 metres meter meters
length    km=1000 kilometre kilometer kilometres kilometers
length    mile=1609.344 miles mi
length    foot=0.3048 feet ft
length    inch=0.0254 inches
mass      gram=1 grams g
mass      kg=1000 kilogram kilograms kilo kilos
mass      tonne=1000000 tonnes ton tons t
mass      lb=453.59237 lbs
volume    litre=1 litres liter liters l
data      kb=1 kilobyte kilobytes
data      mb=1000 megabyte megabytes
data      gb=1000000 gigabyte gigabytes
data      tb=1000000000 terabyte terabytes
share     percent=1 % pct percentage per-cent percents prozent pour-cent por-ciento procent
share     point=1 points
celsius   celsius=1 °c
celsius   fahrenheit=1.1 °f
energy    kwh=1 kilowatt-hour kilowatt-hours
money-eur EUR=1 € euro euros eur
money-usd USD=1 $ us$ dollar dollars usd
money-gbp GBP=1 £ pound pounds gbp
money-chf CHF=1 franc francs chf
money-jpy JPY=1 ¥ yen jpy
money-sek SEK=1 krona kronor sek
money-dkk DKK=1 dkk
money-nok NOK=1 nok
money-pln PLN=1 pln zloty
money-inr INR=1 inr rupee rupees ₹
money-cny CNY=1 cny rmb yuan
money-aud AUD=1 aud
money-cad CAD=1 cad
cent      cent=1 cents ct
"""


@cache
def _spellings() -> dict[str, Measure]:
    measures: dict[str, Measure] = {}
    for line in _TABLE.strip().splitlines():
        dimension, unit, *others = line.split()
        name, factor = unit.split("=")
        measure = Measure(name, dimension, Decimal(factor))
        measures |= {spelling.lower(): measure for spelling in (name, *others)}
    return measures


def measure_of(word: str) -> Measure | None:
    """Return the unit that a word or sign names, None if it names none."""
    return _spellings().get(word.lower().rstrip("."))
