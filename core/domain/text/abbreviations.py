"""Abbreviations of six languages, by what their full stop says about the end of a sentence."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Before a name the sentence goes on; written small, those that are in NAMES as well may end it.
TITLES = _words(
    """
    mr mrs ms messrs dr drs prof rev hon gen col lt sgt capt cpt cmdr maj gov sen rep pres supt st
    mt ft hr hrn fr frl med jur phil nat kath evang dipl ing mag priv-doz fa inh gebr mme mlle mm
    sr sra srta sres sras dra dña
    lic sig sigg sig.ra sig.na dott dott.ssa dr.ssa avv geom dhr mevr mej
    """
)
# In front of what they introduce: the sentence goes on whatever follows.
LEADING = _words(
    """
    e.g i.e viz cf vs esp approx incl excl circa eds
    z.b bzw d.h vgl inkl exkl zzgl evtl ggf sog gemäß i.d.r m.e u.u o.g s.o s.u bspw insb
    einschl ausschl abzgl betr p.ex c.-à-d c.à.d p.ej p.es ad.es bijv d.w.z i.p.v t.o.v m.b.t o.a
    """
)
# Before a number, a letter or a Roman numeral: what is referred to.
REFERENCES = _words(
    """
    no nos nr nrn num núm n.º art arts artt abs abschn absch kap ziff rn rdnr rz lit litt buchst
    anl anh tab abb bd bde jg ausg aufl s sp zl p pp pg pag pág págs pagg blz bl fol fig figs eq
    sec sect para paras par ch chap cap caps vol vols app ex exh pt ref refs rev ver v al lid sub
    tit bijl hfst vers az reg str bldg fl rm apt zi hs
    """
)
# Behind what they belong to: the sentence may end with them.
CLOSING = _words(
    """
    etc et.al al usw usf u.a u.ä o.ä u.v.m etc.pp ecc enz e.a
    a.m p.m b.c a.d n.chr v.chr
    """
)
# Parts of names and figures, and words that mean something else in another language: they end a
# sentence only where the next word clearly begins one.
NAMES = _words(
    """
    inc ltd corp co bros jr jun sr sen llc plc cie ges gmbh.co e.v s.a s.l s.p.a s.r.l b.v n.v
    mind höchst allg bes zus gem ca resp env ej max tel telef tél fax ext abt dept hg hrsg geb verh
    gest urspr engl dt franz lat rep mag med nat
    janv févr avr juil déc ene abr dic genn febb ott mrt
    min sec sek std stk st pcs tsd mio mrd mln mld mn bn kg km cm mm qm ft sq
    ff f u.s u.k u.n e.u d.c ee uu ph.d m.sc b.sc b.a m.a
    """
)
# The same, if they are written with a capital.
DAYS_AND_MONTHS = _words(
    """
    jan feb febr mar mär apr jun jul aug sep sept oct okt nov dec dez ago gen
    mon tue tues wed thu thur thurs fri sat sun mo di mi do fr sa so
    """
)
# One line a month, in six languages.
MONTHS = {
    name: number
    for number, line in enumerate(
        """
        january jan januar jänner janvier janv januari enero ene gennaio genn
        february feb februar febr février févr februari febrero febbraio febb
        march mar märz mär mars maart mrt marzo
        april apr avril avr abril abr aprile
        may mai mei mayo maggio
        june jun juni juin junio giugno
        july jul juli juil juillet julio luglio
        august aug août augustus agosto ago
        september sep sept septembre septiembre settembre
        october oct oktober okt octobre octubre ottobre ott
        november nov novembre noviembre
        december dec dezember dez décembre déc diciembre dic dicembre
        """.strip().splitlines(),
        start=1,
    )
    for name in line.split()
}
# In front of "3." they announce an ordinal: "im 3. Quartal", "der 2. Satz".
BEFORE_ORDINALS = _words(
    """
    der die das den dem des im am zum zur vom beim ins ans ab bis seit nach vor für jede jeder jedes
    jeden jedem eine einen einem einer ein und oder bzw sowie kein keine ihr ihre ihren sein seine
    seinen unser unsere dieser diese dieses diesem diesen
    """
)
# Words that begin sentences far more often than they are part of a name.
STARTERS = _words(
    """
    the this that these those there it its he she we they you i in on at by for from if when while
    as after before since until although however please all any some no each every both most more
    what who where why how is are was were do does did can could may must should will would our your
    their his her my a an and but or so then also only note see use to
    der die das den dem des ein eine einen einem einer er sie es wir ihr ich in im am an auf aus bei
    bis für mit nach seit um von vor zu zum zur über unter wenn wer wie wo was warum ob da dann
    danach dort hier dies diese dieser dieses alle jeder jede jedes kein keine nicht nur auch bitte
    und oder aber denn sowie ist sind war hat haben kann muss soll darf wird werden man
    le la les l un une des du ce cette ces il elle ils elles nous vous je on en dans sur pour par
    avec sans si quand qui que où est sont mais ou donc après avant
    el los las una unos unas este esta estos estas ese esa él ella ellos usted yo para por con sin
    cuando quien donde es son pero después antes no se su sus
    lo gli i una questo questa questi queste egli lei loro noi voi per con senza se quando chi dove
    è sono ma dopo prima si non
    het een de deze dit die dat hij zij ze wij we jullie ik op bij voor met zonder als wie waar is
    zijn maar na er
    """
)
