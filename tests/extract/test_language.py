"""The language of a text; plain English never loads a model."""

import subprocess
import sys

import pytest

from extract.language import language_of

TEXTS = {
    "en": "I was taken to the house at night and they told me that I had to pay for the trip before I could leave.",
    "es": "Me llevaron a la casa de noche y me dijeron que tenía que pagar el viaje antes de poder salir de allí.",
    "pt": "Levaram-me para a casa à noite e disseram que eu tinha de pagar a viagem antes de poder sair dali.",
    "fr": "On m'a emmenée dans la maison pendant la nuit et on m'a dit que je devais payer le voyage avant de partir.",
    "vi": "Họ đưa tôi đến ngôi nhà vào ban đêm và nói rằng tôi phải trả tiền chuyến đi trước khi được rời khỏi đó.",
    "tl": "Dinala nila ako sa bahay noong gabi at sinabi nila na kailangan kong bayaran ang biyahe bago ako umalis.",
    "tr": "Beni gece eve götürdüler ve oradan ayrılmadan önce yolculuğun parasını ödemem gerektiğini söylediler.",
    "ru": "Меня ночью привезли в дом и сказали, что я должна заплатить за поездку, прежде чем смогу уйти оттуда.",
    "uk": "Мене вночі привезли до будинку і сказали, що я маю заплатити за поїздку, перш ніж зможу піти звідти.",
    "zh": "他们在夜里把我带到那所房子，告诉我必须先付清路费才能离开那里。我没有钱，也没有护照。",
    "ar": "أخذوني إلى البيت ليلا وقالوا لي إن علي أن أدفع ثمن الرحلة قبل أن أتمكن من المغادرة",
    "th": "พวกเขาพาฉันไปที่บ้านตอนกลางคืนและบอกว่าฉันต้องจ่ายค่าเดินทางก่อนจึงจะออกไปได้",
    "ko": "그들은 밤에 나를 그 집으로 데려갔고 떠나기 전에 여행 비용을 내야 한다고 말했습니다",
}


@pytest.mark.parametrize(("code", "text"), TEXTS.items())
def test_the_language_of_a_sentence(code, text):
    assert language_of(text) == code


def test_english_with_foreign_names_is_english():
    text = "My name is Lucía Belén Solórzano and I was born in Tegucigalpa. My uncle Óscar took me to Nuevo León."
    assert language_of(text) == "en"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("es", "Mi tia me llevo a Houston en mayo"),
        ("pt", "Minha tia me levou para Houston em maio"),
        ("ro", "Mătușa mea m-a dus la Houston în luna mai și mi-a luat pașaportul"),
    ],
)
def test_a_short_sentence_is_looked_at_more_closely(code, text):
    assert language_of(text) == code


@pytest.mark.parametrize(("code", "text"), [(c, t) for c, t in TEXTS.items() if t.isascii() or c in ("es", "fr", "pt")])
def test_some_lines_need_only_the_small_models(code, text):
    assert language_of(" ".join([text] * 3)) == code


@pytest.mark.parametrize("text", ["", "A 1234", "???"])
def test_too_little_to_tell_is_english(text):
    assert language_of(text) == "en"


def test_plain_english_loads_no_model():
    program = (
        "import sys; from extract.language import language_of; language_of(sys.argv[1]); print('lingua' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program, TEXTS["en"]], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
