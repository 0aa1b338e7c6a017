"""Names of months and days in the languages that a format can ask for."""

# Primary language identifiers (MS-LCID 2.2): months, then days from Monday on.
ENGLISH = 0x09
NAMES = {
    ENGLISH: (
        "January February March April May June July August September October November December",
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    ),
    0x07: (
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    ),
    0x0A: (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "lunes martes miércoles jueves viernes sábado domingo",
    ),
    0x0C: (
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
    ),
    0x10: (
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre"
        " dicembre",
        "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    ),
    0x13: (
        "januari februari maart april mei juni juli augustus september oktober november december",
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    ),
    0x15: (
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada"
        " grudnia",
        "poniedziałek wtorek środa czwartek piątek sobota niedziela",
    ),
    0x16: (
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    ),
}
# German abbreviates days with two letters; all others are cut after three.
GERMAN, GERMAN_DAY = 0x07, 2


def month_name(month: int, language: int) -> str:
    """Return the name of a month, 1 for January; English where the language is not known."""
    return _names(language)[0].split()[month - 1]


def day_name(weekday: int, language: int) -> str:
    """Return the name of a day, 0 for Monday."""
    return _names(language)[1].split()[weekday]


def short_day(weekday: int, language: int) -> str:
    """Return `Mon`, or `Mo` in German."""
    length = GERMAN_DAY if language & 0x3FF == GERMAN else 3
    return day_name(weekday, language)[:length]


def _names(language: int) -> tuple[str, str]:
    return NAMES.get(language & 0x3FF, NAMES[ENGLISH])
