/// Short informal texts, as people type them on a telephone: without accents, vowel signs and
/// punctuation where the language allows it.
package enum InformalTexts {
  /// At least 30 texts for each code of a language.
  package static let all: [(language: String, texts: [String])] = [
    ("tr", lines(turkish)), ("az", lines(azeri)), ("en", lines(english)),
    ("european", lines(german + "\n" + french)), ("european", lines(spanish + "\n" + others)),
    ("fa", lines(persian)), ("ar", lines(arabic)), ("ur", lines(urdu)), ("hi", lines(hindi)),
    ("zh", lines(chinese)), ("ja", lines(japanese)), ("ko", lines(korean)), ("th", lines(thai)),
    ("lo", lines(lao)), ("km", lines(khmer)), ("my", lines(burmese)),
  ]

  /// Short Turkish texts. Two thirds of them have an ı, as if only a part of the corpus were typed
  /// with accents.
  package static let halfAccentedTurkish =
    lines(turkish)
    + lines(turkish).map {
      $0.replacing("bi", with: "bı").replacing("li", with: "lı").replacing("in", with: "ın")
    }

  private static func lines(_ text: String) -> [String] {
    text.split(separator: "\n").map(String.init)
  }

  private static let turkish = """
    bugun hava cok guzel disari cikalim mi
    yine is cikisi trafik bitmiyor ya
    ben bunu anlamadim kimse anlatmiyor
    aksam mac var kim geliyor
    cok uykum geldi gece gece
    bu dizi neden bu kadar uzun
    kahve icmeden kendime gelemiyorum
    sinav bitti sonunda rahatladim
    abi telefonun sarji yok gene
    yarin erken kalkmam lazim
    bence bu film hic guzel degil
    sen olmasan ne yapardim canim
    hala cevap yazmadi bekliyorum
    su an otobus bekliyorum soguk
    annem yine borek yapmis
    bu takim adam olmaz
    internet gitti calisamiyorum
    evet ya bana da oyle oldu
    pazartesi olmasin artik
    hangi kitap daha iyi sence
    dogum gunun kutlu olsun kanka
    iki saattir siradayim
    kedi yine masaya cikti
    para yok ama gezmek istiyorum
    bu sarki aklimdan cikmiyor
    neyse bosver takma kafana
    yemek yedik simdi cay vakti
    ders calismak istemiyorum
    kar yagmis her yer bembeyaz
    haftaya tatile gidiyoruz
    hic kimse beni dinlemiyor
    ne zaman geleceksin
    """

  private static let azeri = """
    bu gun hava cox yaxsidi gezek
    men sabah ise getmirem
    sen niye mene yazmirsan
    axsam futbol var baxirsan
    cox yoruldum vallah
    indi evdeyem cay icirem
    bu kino mene xos gelmedi
    hec kim zeng elemir
    usaqlar mektebden geldi
    qardas sabahin xeyir
    men bunu basa dusmedim
    pul yoxdur amma gezmek isteyirem
    yol tixacdir hele gelirem
    yaxsi ki sen varsan
    nece oldu imtahan
    onlar bize qonaq gelir
    bilmirem ne deyim
    sene gore geldim
    telefonum islemir hec
    bizim komanda yene uduzdu
    cox gozel seklin var
    saat necedir orda
    menim ucun ferqi yoxdur
    sabah yagis olacaq deyirler
    kim bilir harda satilir bu
    axi men demisdim
    hele bir az gozle
    bele de sey olar
    anam plov bisirib
    toya gedirsen yoxsa yox
    nedir bu qeder ses
    indi yatmaq vaxti
    """

  private static let english = """
    omg i cant believe its monday again
    just had the best coffee ever
    u coming tonight or what
    my phone died again lol
    why is the bus always late
    this song is stuck in my head
    need more sleep so bad
    who else is watching the game
    that movie was kinda boring tbh
    im so hungry rn
    happy birthday bro have a good one
    cant wait for the weekend
    it wont stop raining here
    i hate doing laundry
    she said yes finally
    what time are we meeting
    got my results today and im happy
    anyone know a good pizza place
    ugh traffic is crazy
    thanks for the help yesterday
    new shoes who dis
    i think the cat hates me
    we won again lets go
    this queue is not moving at all
    going to the gym later maybe
    dont forget the milk
    so much homework to do
    they closed my fav shop
    best day of the year
    where did you get that jacket
    nothing on tv tonight
    love this so much
    """

  private static let german = """
    hab heute echt keine lust auf arbeit
    wer kommt mit ins kino
    ich bin so mude gerade
    das spiel war der hammer
    bus hat schon wieder verspatung
    was gibts heute zum essen
    ich kann nicht mehr warten
    mein handy ist schon wieder leer
    wir sehen uns dann morgen
    warum ist das so teuer
    das wetter wird auch nicht besser
    noch eine woche bis zum urlaub
    der film war nicht so gut
    alles gute zum geburtstag
    ich mag den neuen song
    keine ahnung wie das geht
    """

  private static let french = """
    jai trop faim la
    on se voit ce soir ou pas
    c est quoi ce temps pourri
    jsuis fatigue de ouf
    le bus est encore en retard
    merci pour hier c etait top
    tu fais quoi demain
    jai pas compris le cours
    ca va etre long cette semaine
    mon tel est mort encore
    qui regarde le match avec moi
    je veux des vacances
    les enfants sont enfin au lit
    il pleut depuis trois jours
    trop bien le concert
    pas envie de bosser
    """

  private static let spanish = """
    que sueno tengo hoy
    alguien para ver el partido
    no puedo mas con este calor
    el autobus no llega nunca
    me encanta esta cancion
    hoy no quiero trabajar
    por fin es viernes
    donde estas que no te veo
    mi perro se comio el sofa
    gracias por todo ayer
    no entiendo nada de esto
    vamos a la playa o que
    se me olvido la comida
    que pelicula tan mala
    feliz cumple te quiero mucho
    ya no hay entradas
    """

  private static let others = """
    ik heb geen zin in werken
    wat een weer vandaag
    de trein is weer te laat
    dat was een leuke avond
    oggi non ho voglia di fare niente
    ma che bella giornata
    la pizza era buona per me
    domani ho un esame
    nao quero sair da cama hoje
    que saudade de voce
    o jogo foi muito bom
    vou comer uma coisa
    dzis jest strasznie zimno
    nie chce mi sie wstawac
    jag ar sa trott idag
    det var en bra match
    """
}
