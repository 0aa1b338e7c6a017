"""Words that shape a question without saying what it is about."""

QUESTION_WORDS = frozenset(
    """
    i me my mine myself we us our ours you your yours he him his she her hers it its they them
    their theirs am is are was were be been being do does did doing done have has had having can
    could may might must shall should will would ought get got gets give gives go goes going want
    wants need needs let lets just only even really please much many more most less some any all
    each every both few other another same so than too very now then here there how what which who
    whom whose when where why whether if and or but nor not no yes also still already again ever
    never always think know say says said tell like about after before from up down out off over
    under with without into onto upon between during until against through because while as at by
    for in of on to this that these those one ones thing things way the a an long
    old fast far often high big large quickly soon well
    """.split()  # noqa: SIM905  a list of words reads better as text
)
