"""Names that sound alike are found in any spelling, script and order, and told apart from the same name."""

from __future__ import annotations

import pytest

from haven.cases import index, sound

ALIKE = """
    Mohamed=Muhammad Mohammed=Muhamad Mahmoud=Mahmud Мохаммед=Mohammed محمد=Mohamed Nguyen=Nguyễn Nguyen=Nguyên
    Gonzales=González Gonsalez=Gonzalez Hernandez=Ernandes Jimenez=Ximenez Jimenez=Gimenez Xiomara=Siomara
    Yolanda=Iolanda Jessica=Yesica Yessenia=Jesenia Valdes=Baldez Vasquez=Basques Velasquez=Velazquez Quispe=Kispe
    Catherine=Katherine Svetlana=Swetlana Світлана=Svitlana Иван=Ivan Aleksandr=Alexander Oleksandr=Olexandr
    Yusuf=Youssef Yousef=Iusuf Hussein=Husayn Fatima=Fatma Khadija=Hadija Aisha=Ayesha Chavez=Chaves Ortiz=Ortis
    Rodriguez=Rodrigues Muñoz=Munos Núñez=Nunes Guillermo=Gillermo Zhang=Chang Sergei=Sergey Dmitri=Dmitry Tran=Trần
    Pham=Fam Philip=Filip Thanh=Tan Johann=Yohan Elena=Helena Kowalski=Kovalsky Schmidt=Shmidt Castillo=Castiyo
    Miller=Miler Llanos=Yanos Zaragoza=Saragosa Cecilia=Sesilia Hector=Ector Daysi=Deisy Ximena=Jimena
""".split()
WHOLE = [
    ("Mohamed Ali Hassan", "HASSAN, Muhammad Ali"),
    ("Abd al-Rahman Saleh", "Saleh Abdul Rahman"),
    ("Juan de la Cruz", "CRUZ Juan"),
    ("王伟", "WANG, Wei"),
    ("Мохаммед Али", "Ali, Mohamed"),
    ("Nguyễn Thị Hạnh", "Hanh Thi Nguyen"),
]
OTHERS = """
    Rosa=Ramos Carlos=Carla Martinez=Mendez Gomez=Gonzalez Lopez=Lobo Perez=Paz Rivera=Rojas Morales=Molina Jose=Josefa
    Rosa=Rosario Luis=Lucas Diego=Diana Elena=Lena Ivan=Ian Nguyen=Nunez Mohamed=Hamza
""".split()


def alike(one: str, other: str) -> bool:
    return not set(sound.codes(one)).isdisjoint(sound.codes(other))


@pytest.mark.parametrize("pair", ALIKE)
def test_spellings_of_one_name_sound_alike(pair):
    assert alike(*pair.split("="))


@pytest.mark.parametrize(("one", "other"), WHOLE)
def test_order_particles_and_script_make_no_difference(one, other):
    assert alike(one, other)


@pytest.mark.parametrize("pair", OTHERS)
def test_other_names_do_not(pair):
    assert not alike(*pair.split("="))


def test_the_same_first_name_alone_is_not_alike():
    assert not alike("Rosa Delgado", "Rosa Ramos")
    assert not alike("Rosa Delgado", "Rosa")


@pytest.mark.parametrize("name", ["", "18", "Li", "Chuy", "  ,. ", "—"])
def test_what_has_too_little_to_sound_has_no_code(name):
    assert sound.codes(name) == []


def test_a_name_of_many_readings_has_few_codes():
    assert 1 < len(sound.codes("Guillermo Castillo Villa Llanos Bello Gallo Ceballos")) <= sound.MOST


def test_an_entry_by_sound_is_never_one_by_name(home):
    entries = dict(index.entries("name", "Muhammad Ali"))

    assert set(entries) == {"name", index.SOUND}
    assert entries["name"] != index.mac("name", "Mohamed Ali")
    assert entries[index.SOUND] in index.sound_macs("Ali, Mohamed")


def test_an_entry_says_nothing_without_the_key(home):
    from haven import keys

    before = index.sound_macs("Rosa Delgado")
    keys._open.clear()
    for path in (home / "keys").iterdir():
        path.unlink()

    assert before and set(index.sound_macs("Rosa Delgado")).isdisjoint(before)
