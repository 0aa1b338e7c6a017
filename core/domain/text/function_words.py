"""English words that say nothing of what a text is about."""

FUNCTION_WORDS = frozenset(
    """
    a an the and or but for nor so yet of in on at to from by with into onto as per via than then
    that this these those there here it its they them their he him his she her we us our you your
    i me my who whom whose which what when where how why if whether while because since although
    though unless until before after during about between among within is am are was were be been
    being has have had having do does did doing will would shall should can could may might must
    get gets got also too such other others same own each any some both either more most very just
    even still already again up down out off over under one ones not no never none nobody
    every all several
    """.split()
)
