/**
 * Sentences of customers in other languages, in Latin letters, written for this test. By the first half, the shares of known and
 * of English words were chosen at which a text is read; the second half had no part in it.
 */
export const whenChosen: readonly string[] = [
  ...['Moja karta jeszcze nie dotarła', 'Nie mogę zalogować się na swoje konto', 'Kiedy otrzymam zwrot pieniędzy?'],
  ...['Moje karta stále nepřišla', 'Chci zrušit svou objednávku', 'Mitt kort har inte kommit än'],
  ...['Jag vill avbryta min beställning', 'Jeg har ikke fået mit kort endnu', 'Hvordan kan jeg ændre min adresse?'],
  ...['Kortet mitt har ikke kommet ennå', 'Korttini ei ole vielä saapunut', 'Haluan peruuttaa tilaukseni'],
  ...['A kártyám még nem érkezett meg', 'Kartım hâlâ gelmedi', 'Siparişimi iptal etmek istiyorum'],
  ...['Cardul meu nu a ajuns încă', 'Vreau să anulez comanda', 'Kartu saya belum sampai'],
  ...['Saya ingin membatalkan pesanan saya', 'Thẻ của tôi vẫn chưa đến', 'Moja kartica još nije stigla'],
  ...['Chcem zrušiť svoju objednávku', 'Mano kortelė dar neatvyko', 'Minu kaart ei ole veel saabunud'],
  ...['Kadi yangu bado haijafika', 'Hindi pa dumarating ang card ko', 'Gusto kong kanselahin ang order ko'],
  ...[
    'La meva targeta encara no ha arribat',
    'Nire txartela ez da oraindik iritsi',
    'Nid yw fy ngherdyn wedi cyrraedd',
  ],
  ...['Níor tháinig mo chárta fós', 'Karta ime nuk ka mbërritur ende', 'Meine Karte ist noch nicht angekommen'],
  ...['Bestellung stornieren', 'Rechnung falsch', "Ma carte n'est toujours pas arrivée", 'Annuler ma commande'],
  ...['Mi tarjeta aún no ha llegado', 'Cancelar pedido', 'O meu cartão ainda não chegou', 'Annullare ordine'],
  ...['Mijn kaart is nog niet aangekomen', 'Bestelling annuleren', 'Karta eshche ne prishla'],
  ...['Watashi no kādo ga mada todokimasen', 'Wo de ka hai mei dao', 'Mera card abhi tak nahin aaya'],
];

export const unseen: readonly string[] = [
  ...['Proszę o fakturę za ostatni miesiąc', 'Paczka jest uszkodzona', 'Dlaczego pobrano opłatę dwa razy?'],
  ...['Potřebuji změnit heslo', 'Balík je poškozený', 'Varför har ni dragit pengar två gånger?'],
  ...['Paketet är skadat', 'Pakken er beskadiget', 'Hvorfor er beløbet trukket to ganger?', 'Glemte passordet mitt'],
  ...['Unohdin salasanani', 'Paketti on rikki', 'Elfelejtettem a jelszavamat', 'Sérült a csomag'],
  ...['Şifremi unuttum', 'Paket hasarlı geldi', 'Am uitat parola', 'Coletul este deteriorat'],
  ...['Saya lupa kata sandi', 'Paketnya rusak', 'Tôi quên mật khẩu', 'Zaboravio sam lozinku', 'Paket je oštećen'],
  ...['Zabudol som heslo', 'Pamiršau slaptažodį', 'Unustasin parooli', 'Nimesahau nenosiri langu'],
  ...['Nakalimutan ko ang aking password', 'He oblidat la contrasenya', 'Pasahitza ahaztu dut'],
  ...['Rwyf wedi anghofio fy nghyfrinair', 'Rinne mé dearmad ar mo phasfhocal', 'Kam harruar fjalëkalimin'],
  ...['Passwort vergessen', 'Warum wurde zweimal abgebucht?', 'Mot de passe oublié', 'Le colis est abîmé'],
  ...['Olvidé mi contraseña', 'El paquete llegó roto', 'Esqueci minha senha', 'A encomenda veio estragada'],
  ...['Ho dimenticato la password', 'Il pacco è arrivato rotto', 'Wachtwoord vergeten', 'Het pakket is beschadigd'],
  ...['Ya zabyl parol', 'Pasuwādo o wasuremashita', 'Wo wangji mima le', 'Main password bhool gaya'],
];

/** English that every model reads, whatever it is about. */
export const english: readonly string[] = [
  ...['My card has not arrived yet', 'I want to cancel my order', 'Why was I charged twice for this payment?'],
  ...[
    'I cannot log in to my account',
    'Where is my refund?',
    'How do I change my address?',
    'The bank refused my loan',
  ],
  ...['Please send me the invoice', 'Your service is great, thank you', 'I am very unhappy with this company'],
  ...[
    'What is the interest on my credit card?',
    'I need help with my account',
    'They still report a debt that I have paid',
  ],
];
