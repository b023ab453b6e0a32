"""Writes the form definitions in ``editions/`` from a folder of blank PDFs: ``python -m extract.forms.define FOLDER``.

The blanks are the agency's own (AcroForm with tooltips). Of each field the definition keeps what a reader needs: full
name, printed part and item, what is asked in plain words, kind, confidentiality category, page and box. Wording that
cannot be taken from the tooltip's last phrase stands in ``wording.yaml``; where a tooltip contradicts the print, the
correction stands in ``CORRECTIONS`` below.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf
import yaml

from extract.forms.bindings import data_nodes
from extract.forms.definitions import without_pages
from extract.forms.widgets import Widget, widgets_of

HERE = Path(__file__).parent
EDITIONS = HERE / "editions"

# Printed footer of a form page: "Form I-914, Supplement B   02/27/17 Y   Page 1"
FOOTER = re.compile(r"Form (I-91[48])(?:,? Supplement ([AB]))?\s+(Instructions\s+)?(?:Edition\s+)?(\d\d/\d\d/\d\d)")

TITLES = {
    "i-914": "Application for T Nonimmigrant Status",
    "i-914a": "Application for Family Member of T-1 Recipient",
    "i-914b": "Declaration of Law Enforcement Officer for Victim of Trafficking in Persons",
    "i-918": "Petition for U Nonimmigrant Status",
    "i-918a": "Petition for Qualifying Family Member of U-1 Recipient",
    "i-918b": "U Nonimmigrant Status Certification",
}

# Tooltips that contradict the print beside the field (leaf name -> part, item).
CORRECTIONS: dict[tuple[str, str], tuple[str, str]] = {
    ("i-918", "P8_Line6d_AdditionalInfo[1]"): ("Part 8", "7.d"),
    ("i-918", "P8_Line6d_AdditionalInfo[2]"): ("Part 8", "7.d"),
    ("i-918", "P3_Line2b_DateOfArrest[0]"): ("Part 3", "2.b"),
    ("i-918", "#subform[3].P1_Line10_DateOfBirth[0]"): ("Part 3", "3.b"),
    ("i-918", "Part7_Line6_Language[0]"): ("Part 6", ""),
    ("i-918a", "Part9_Language[0]"): ("Part 9", ""),
    ("i-918", "P3_22_chbxyesno[1]"): ("Part 3", "21"),
    ("i-914a", "pELine3aYesNo[0]"): ("Part E", "3.a"),
}
# Tooltips that do not say which of two like fields they are for: what to add to them.
ADDITIONS = {
    ("i-914b", "Date[8]"): " (second date)",
    ("i-918b", "Part4_Line3_Other[0]"): " Enter Other Explanation.",
}
# Boxes whose tooltip calls them by the wrong answer.
OPTION_CORRECTIONS = {("i-918", "P3_8b_chbxyesno[1]"): "No"}

# Text fields that lie exactly under another one (I-918 page 11), and copies that repeat page 1 on the last page.
UNDER = {
    "P8_Line4d_AdditionalInfo[0]": "P8_Line4d_AdditionalInfo[1]",
    "P8_Line5d_AdditionalInfo[0]": "P8_Line5d_AdditionalInfo[1]",
    "P8_Line6d_AdditionalInfo[0]": "P8_Line6d_AdditionalInfo[3]",
    "P8_Line6d_AdditionalInfo[1]": "P8_Line6d_AdditionalInfo[2]",
}
COPY_TIP = re.compile(r"auto populates from Page 1", re.I)
I918_COPIES = (
    "Pt1Line1a_FamilyName[1]",
    "Pt1Line1b_GivenName[1]",
    "Pt1Line1c_MiddleName[1]",
    "P1_Line5_AlienNumber[1]",
)


@dataclass(frozen=True)
class Subject:
    """Who or what a stretch of a form is about: matched by part and by a phrase of the tooltip."""

    form: str
    part: str
    says: str
    about: str
    category: str = "K3"


# First match wins. ``form`` and ``part`` are regular expressions for the whole string, ``says`` is searched in the
# tooltip. Categories are those of the gate table: K1 alleged trafficker, K2 acts, K3 victim, K4 narrative, K5 filing,
# K7 family, K9 medical or sexual detail.
SUBJECTS = [
    Subject(".*", ".*", r"U S C I S Use Only", "USCIS use only", "K5"),
    Subject(".*", "", r"(?i)attorney", "Attorney", "K5"),
    # Supplement B of both forms
    Subject("i-914b", "Part A", "", "Victim"),
    Subject("i-914b", "Part B", "Agency Address", "Certifying agency's address", "K2"),
    Subject("i-914b", "Part B", "Certifying Official", "Certifying official", "K2"),
    Subject("i-914b", "Part B", "", "Certifying agency", "K2"),
    Subject("i-914b", "Part C", r"acts of trafficking occurred", "Acts", "K2"),
    Subject("i-914b", "Part C", "", "Acts", "K2"),
    Subject("i-914b", "Part D", "", "Cooperation", "K3"),
    Subject("i-914b", "Part E", "Relative One", "Implicated family member 1", "K1"),
    Subject("i-914b", "Part E", "Relative Two", "Implicated family member 2", "K1"),
    Subject("i-914b", "Part E", "Relative Three", "Implicated family member 3", "K1"),
    Subject("i-914b", "Part E", "Relative Four", "Implicated family member 4", "K1"),
    Subject("i-914b", "Part E", "", "Implicated family members", "K1"),
    Subject("i-914b", "Part F", r"Supervisor|\(second date\)", "Supervisor of the certifying official", "K2"),
    Subject("i-914b", "Part F", "", "Certifying official", "K2"),
    Subject("i-918b", "Part 1", "Other Names Used", "Victim's other names"),
    Subject("i-918b", "Part 1", "", "Victim"),
    Subject("i-918b", "Part 2", "Head of Certifying Agency", "Head of the certifying agency", "K2"),
    Subject("i-918b", "Part 2", "Agency Address", "Certifying agency's address", "K2"),
    Subject("i-918b", "Part 2", "Certifying Official", "Certifying official", "K2"),
    Subject("i-918b", "Part 2", "", "Certifying agency", "K2"),
    Subject("i-918b", "Part 3", "", "Acts", "K2"),
    Subject("i-918b", "Part 4", "", "Helpfulness", "K3"),
    Subject("i-918b", "Part 5", r" 2\. [A-E]\.", "Implicated family member 1", "K1"),
    Subject("i-918b", "Part 5", r" 3\. [A-E]\.", "Implicated family member 2", "K1"),
    Subject("i-918b", "Part 5", r" 4\. [A-E]\.", "Implicated family member 3", "K1"),
    Subject("i-918b", "Part 5", "", "Implicated family members", "K1"),
    Subject("i-918b", "Part 6", "", "Certifying official", "K2"),
    Subject("i-918b", "Part 7", "Agency Name", "Certifying agency", "K2"),
    Subject("i-918b", "Part 7", r"Petitioner's Name|Alien Registration", "Victim", "K3"),
    Subject("i-918b", "Part 7", "", "Additional information", "K4"),
    # the applicant's own form
    Subject("i-914", "Part A", "", "Filing", "K5"),
    Subject("i-914", "Part B", "Safe Mailing Address", "Applicant's safe mailing address"),
    Subject("i-914", "Part B", "Home Address", "Applicant's home address"),
    Subject("i-914", "Part B", "", "Applicant"),
    Subject("i-914", "Part C", r" Line One\.", "Entry 1"),
    Subject("i-914", "Part C", r" Line Two\.", "Entry 2"),
    Subject("i-914", "Part C", r" Line Three\.", "Entry 3"),
    Subject("i-914", "Part C", "", "Report to law enforcement", "K2"),
    Subject("i-914", "Part D", r"Incident One", "Arrest 1"),
    Subject("i-914a", "Part E", r"Line One\.", "Arrest 1", "K7"),
    Subject("i-914", "Part D", r"Incident Two", "Arrest 2"),
    Subject("i-914a", "Part E", r"Line Two\.", "Arrest 2", "K7"),
    Subject("i-914a", "Part E", r"Line Three\.", "Arrest 3", "K7"),
    Subject("i-914a", "Part E", r"Line Four\.", "Arrest 4", "K7"),
    Subject("i-914a", "Part E", r"Line Five\.", "Arrest 5", "K7"),
    Subject("i-914", "Part D", "", "Applicant"),
    Subject("i-914a", "Part E", "", "Family member", "K7"),
    Subject("i-914", "Part E", r"Spouse is Selected", "Spouse", "K7"),
    Subject("i-914", "Part E", r" A\. If Children", "Child 1", "K7"),
    Subject("i-914", "Part E", r" B\. If Children", "Child 2", "K7"),
    Subject("i-914", "Part E", r" C\. If Children", "Child 3", "K7"),
    Subject("i-914", "Part E", "", "Family", "K7"),
    Subject("i-918", "Part 1", "Place and Date of Last Entry", "Applicant's last entry"),
    Subject("i-918", "Part 1", "Safe Mailing Address", "Applicant's safe mailing address"),
    Subject("i-918", "Part 1", "Home Address", "Applicant's home address"),
    Subject("i-918", "Part 1", "Other Names Used", "Applicant's other names"),
    Subject("i-918", "Part 1", "", "Applicant"),
    Subject("i-918", "Part 2", "First Entry", "Entry 1"),
    Subject("i-918", "Part 2", "Second Entry", "Entry 2"),
    Subject("i-918", "Part 2", "Third Entry", "Entry 3"),
    Subject("i-918", "Part 2", "Safe Foreign Address", "Applicant's safe foreign address"),
    Subject("i-918", "Part 2", "outside of the United States", "Office to notify", "K5"),
    Subject("i-918", "Part 2", "", "Immigration proceedings"),
    Subject("i-918", "Part 3", r" 2\. [A-F]\.", "Arrest 1"),
    Subject("i-918", "Part 3", r" 3\. [A-F]\.", "Arrest 2"),
    Subject("i-918a", "Part 5", r" 2\. [A-F]\.", "Arrest 1", "K7"),
    Subject("i-918a", "Part 5", r" 3\. [A-F]\.", "Arrest 2", "K7"),
    Subject("i-918", "Part 3", "", "Applicant"),
    Subject("i-918a", "Part 5", "", "Family member", "K7"),
    Subject("i-918", "Part 4", "on behalf|On Behalf", "Applicant"),
    Subject("i-918", "Part 4", r" (?:[1-5]|1\. [A-C])\. Enter", "Family member 1", "K7"),
    Subject("i-918", "Part 4", r" (?:[7-9]|10|6\. ?[A-C])\. Enter", "Family member 2", "K7"),
    Subject("i-918", "Part 4", r" (?:1[2-5]|11\. ?[A-C])\. Enter", "Family member 3", "K7"),
    Subject("i-918", "Part 4", r" (?:1[7-9]|20|16\. ?[A-C])\. Enter", "Family member 4", "K7"),
    Subject("i-918", "Part 4", r" (?:2[2-5]|21\. ?[A-C])\. Enter", "Family member 5", "K7"),
    Subject("i-918", "Part 8", r" (?:1\. [A-C]|2)\. ", "Applicant"),
    Subject("i-918", "Part 8", "", "Additional information", "K4"),
    # the derivative's form
    Subject("i-914a", "Part [AB]", "", "Filing", "K7"),
    Subject("i-914a", "Part C", "Status of your Form", "Filing", "K5"),
    Subject("i-914a", "Part C", "", "Applicant"),
    Subject("i-914a", "Part D", "E-mail Address", "Family member", "K7"),
    Subject("i-914a", "Part D", "Safe Mailing Address", "Family member's safe mailing address", "K7"),
    Subject("i-914a", "Part D", "Residence or Intended", "Family member's residence", "K7"),
    Subject("i-914a", "Part D", r"Line One\. Enter (?:Place|Date of Entry|Date Auth|Immi)", "Entry 1", "K7"),
    Subject("i-914a", "Part D", r"Line Two\. Enter (?:Place|Date of Entry|Date Auth|Immi)", "Entry 2", "K7"),
    Subject("i-914a", "Part D", r"Line Three\. Enter (?:Place|Date of Entry|Date Auth|Immi)", "Entry 3", "K7"),
    Subject("i-914a", "Part D", r"Line One\.", "Former spouse 1", "K7"),
    Subject("i-914a", "Part D", r"Line Two\.", "Former spouse 2", "K7"),
    Subject("i-914a", "Part D", r"Line Three\.", "Former spouse 3", "K7"),
    Subject("i-914a", "Part D", r"Consulate|Office|Foreign (?:Country|Address)", "Office to notify", "K7"),
    Subject("i-914a", "Part D", r"[Pp]roceedings|is Selected", "Immigration proceedings", "K7"),
    Subject("i-914a", "Part D", "", "Family member", "K7"),
    Subject("i-918a", "Part 1", "", "Filing", "K7"),
    Subject("i-918a", "Part 2", "Status of your Form", "Filing", "K5"),
    Subject("i-918a", "Part 2", "", "Applicant"),
    Subject("i-918a", "Part 3", "Safe Mailing Address", "Family member's safe mailing address", "K7"),
    Subject("i-918a", "Part 3", "Residence or Intended", "Family member's residence", "K7"),
    Subject("i-918a", "Part 3", "Other Names Used", "Family member's other names", "K7"),
    Subject("i-918a", "Part 3", "", "Family member", "K7"),
    Subject("i-918a", "Part 4", r" 1\. [A-D]\.", "Latest entry", "K7"),
    Subject("i-918a", "Part 4", r" 2\. [A-E]\.", "Earlier entry", "K7"),
    Subject("i-918a", "Part 4", "Safe Foreign Address", "Family member's safe foreign address", "K7"),
    Subject("i-918a", "Part 4", r" 3\. [A-D]\.", "Office to notify", "K7"),
    Subject("i-918a", "Part 4", r" 5\. [A-F]\.", "Former spouse 1", "K7"),
    Subject("i-918a", "Part 4", r" 6\. [A-F]\.", "Former spouse 2", "K7"),
    Subject("i-918a", "Part 4", r" 7\. [A-F]\.", "Immigration proceedings", "K7"),
    Subject("i-918a", "Part 4", "", "Family member", "K7"),
    Subject("i-918a", "Part 6", r" (?:1\. [A-C]|[2-4])\. Enter", "Family member's relative 1", "K7"),
    Subject("i-918a", "Part 6", r" (?:5\. [A-C]|[6-8])\. Enter", "Family member's relative 2", "K7"),
    Subject("i-918a", "Part 6", r" (?:9\. [A-C]|1[0-2])\. Enter", "Family member's relative 3", "K7"),
    Subject("i-918a", "Part 11", r" (?:1\. [A-C]|2)\. (?!Enter Page)", "Applicant"),
    Subject("i-918a", "Part 11", "", "Additional information", "K4"),
    # statements and signatures
    Subject("i-914a", "Part F", "Derivative", "Family member", "K7"),
    Subject("i-918a", "Part 8", r"Statement\. [12]\.", "Family member's statement", "K7"),
    Subject("i-918a", "Part 8", "", "Family member", "K7"),
    Subject("i-914a?|i-918", "Part [F5]", r"Statement(?: Regarding|\.).*(?:Select|Enter (?:Language|language|Name|name))", "Applicant's statement"),
    Subject("i-918a", "Part 7", r"Statement(?: Regarding|\.).*(?:Select|Enter (?:Language|language|Name|name))", "Applicant's statement"),
    Subject("i-914a?|i-918", "Part [F5]", "", "Applicant"),
    Subject("i-918a", "Part 7", "", "Applicant"),
    Subject("i-914a?", "Part G", "Mailing Address", "Interpreter's address", "K5"),
    Subject("i-914a?", "Part G", "", "Interpreter", "K5"),
    Subject("i-914a?", "Part H", "Mailing Address", "Preparer's address", "K5"),
    Subject("i-914a?", "Part H", "", "Preparer", "K5"),
    Subject("i-918", "Part 6", "Mailing Address", "Interpreter's address", "K5"),
    Subject("i-918", "Part 6", "", "Interpreter", "K5"),
    Subject("i-918", "Part 7", "Mailing Address", "Preparer's address", "K5"),
    Subject("i-918", "Part 7", "", "Preparer", "K5"),
    Subject("i-918a", "Part 9", "Mailing Address", "Interpreter's address", "K5"),
    Subject("i-918a", "Part 9", "", "Interpreter", "K5"),
    Subject("i-918a", "Part 10", "Mailing Address", "Preparer's address", "K5"),
    Subject("i-918a", "Part 10", "", "Preparer", "K5"),
]  # fmt: skip


@dataclass(frozen=True)
class Ask:
    """What a field asks for, known by a phrase at the end of its tooltip."""

    says: str
    asks: str
    kind: str = "text"
    category: str | None = None


ASKS = [
    Ask(r"Signature field|can ?not be signed|^Signature of", "signature", "text"),
    Ask(r"Signature", "date of signature", "date"),
    Ask(r"(?i)in ?care ?of", "in care of", "name"),
    Ask(r"Family Name", "family name", "name"),
    Ask(r"Given Name", "given name", "name"),
    Ask(r"Middle Name", "middle name", "name"),
    Ask(r"Other Names Used", "other names", "name"),
    Ask(r"Full Name", "full name", "name"),
    Ask(r"Former Spouse", "full name", "name"),
    Ask(r"Printed Name", "full name", "name"),
    Ask(r"Name of Certifying Official", "full name", "name"),
    Ask(r"Name of Preparer|name of preparer", "preparer's name", "name"),
    Ask(r"Name of Certifying Agency|Agency Name", "name", "name"),
    Ask(r"Business or Organization", "business or organization", "name"),
    Ask(r"Title and Division", "title and division or office"),
    Ask(r"Agency and Office", "agency and office", "name"),
    Ask(r"Street Number", "street number and name"),
    Ask(r"Foreign Address Where", "foreign address for notification"),
    Ask(r"(?:Apartment|Suite|Floor) [Nn]umber", "unit number"),
    Ask(r"City, State", "place"),
    Ask(r"U\.?S\.? State or Foreign Country", "state or country"),
    Ask(r"City", "city or town"),
    Ask(r"State ?/ ?Province", "state or province"),
    Ask(r"Select State|Enter State\.", "state"),
    Ask(r"(?i)zip", "ZIP or postal code"),
    Ask(r"Postal", "postal code"),
    Ask(r"Province", "province"),
    Ask(r"Enter Law Enforcement Agency Address", "address"),
    Ask(r"(?i)country of birth", "country of birth"),
    Ask(r"(?i)country of citizenship", "country of citizenship"),
    Ask(r"Country of Issuance", "country of issuance"),
    Ask(r"Country", "country"),
    Ask(r"(?i)date of birth", "date of birth", "date"),
    Ask(r"(?i)fax number", "fax number", "phone"),
    Ask(r"(?i)mobile telephone", "mobile telephone", "phone"),
    Ask(r"(?i)home telephone", "home telephone", "phone"),
    Ask(r"(?i)safe daytime", "safe daytime telephone", "phone"),
    Ask(r"(?i)daytime (?:tele)?phone", "daytime telephone", "phone"),
    Ask(r"(?i)phone number", "telephone", "phone"),
    Ask(r"(?i)e-?mail", "email address"),
    Ask(r"Alien Registration|A\. ?-?Number", "A-number", "id"),
    Ask(r"(?i)social security", "Social Security number", "id"),
    Ask(r"Online Account", "USCIS online account number", "id"),
    Ask(r"Attorney (?:or )?State|State Bar", "state license number", "id"),
    Ask(r"I-94", "I-94 number", "id"),
    Ask(r"Passport Number", "passport number", "id"),
    Ask(r"Travel Document Number", "travel document number", "id"),
    Ask(r"Receipt Number", "receipt number", "id", "K5"),
    Ask(r"Case Number", "case number", "id"),
    Ask(r"F B I", "FBI or SID number", "id", "K3"),
    Ask(r"Date Authorized Stay", "date the authorized stay expired", "date"),
    Ask(r"Expiration Date", "passport or travel document: date of expiration", "date"),
    Ask(r"Date of Issu", "passport or travel document: date of issue", "date"),
    Ask(r"Place of Issuance", "passport: place of issuance"),
    Ask(r"(?i)date of last entry", "date of last entry", "date"),
    Ask(r"(?i)place of last entry", "place of last entry"),
    Ask(r"(?i)date of entry", "date of entry", "date"),
    Ask(r"(?i)place of entry", "place of entry"),
    Ask(r"Status at the Time", "status at entry"),
    Ask(r"Current Immigration Status", "current immigration status"),
    Ask(r"Enter (?:Immigration )?Status", "immigration status"),
    Ask(r"(?i)date marriage ended", "date the marriage ended", "date"),
    Ask(r"Where and How", "where and how the marriage ended"),
    Ask(r"Where did the marriage", "where the marriage ended"),
    Ask(r"How did the marriage", "how the marriage ended"),
    Ask(r"Current Location", "current location"),
    Ask(r"Relationship", "relationship"),
    Ask(r"Involvement", "involvement"),
    Ask(r"(?i)date of arrest", "date", "date"),
    Ask(r"(?i)why (?:you )?(?:were|was)", "reason"),
    Ask(r"(?i)outcome", "outcome"),
    Ask(r"(?i)removal date", "removal date", "date"),
    Ask(r"(?i)exclusion date", "exclusion date", "date"),
    Ask(r"(?i)deportation date", "deportation date", "date"),
    Ask(r"(?i)rescission date", "rescission date", "date"),
    Ask(r"(?i)judicial date", "judicial proceedings date", "date"),
    Ask(r"Circumstances", "circumstances of not reporting", "narrative", "K4"),
    Ask(r"(?i)language", "language"),
    Ask(r"Date One", "date 1", "date"),
    Ask(r"Date Two", "date 2", "date"),
    Ask(r"Date Three", "date 3", "date"),
    Ask(r"Date Four", "date 4", "date"),
    Ask(r" 2\. A\. Enter Date\.", "date 1", "date"),
    Ask(r" 2\. B\. Enter Date\.", "date 2", "date"),
    Ask(r" 2\. C\. Enter Date\.", "date 3", "date"),
    Ask(r" 2\. D\. Enter Date\.", "date 4", "date"),
    Ask(r"Local Case Status|Other Case Status", "case status, other"),
    Ask(r"Other (?:Certifying Agency )?Category", "agency category, other"),
    Ask(r"Other Explanation", "explanation", "narrative", "K4"),
    Ask(r"provide an explanation in the space", "explanation", "narrative", "K4"),
    Ask(r"(?i)page number", "page number"),
    Ask(r"(?i)part number", "part number"),
    Ask(r"(?i)item number\b", "item number"),
    Ask(r"(?i)additional information", "text", "narrative", "K4"),
    Ask(r"Date From", "valid from", "date"),
    Ask(r"Date To", "valid to", "date"),
]  # fmt: skip

# Questions answered by ticking one or more boxes: phrase of the tooltip -> (what is asked, several may be true).
CHOICES = [
    (r"(?:Apartment|Suite|Floor)\.$", "unit type", False),
    (r"Gender|Other Information\. 9\. Select|12\. Gender", "gender", False),
    (r"Marital Status|Other Information\. 8\. Select", "marital status", False),
    (r"G-28 is attached", "Form G-28 attached", False),
    (r"Agency Type", "agency type", False),
    (r"Case Status", "case status", False),
    (r"Certifying Agency Category", "agency category", False),
    (r"Statement of Claim\. 1\.|one of the following Federal", "kind", True),
    (r"Cooperation of Victim", "how the victim cooperated", True),
    (r"family members? (?:believed|culpable)|family members believed", "any", False),
    (r"Type of Office|inspection facility", "type of office", False),
    (r"in immigration proceedings\?", "any, past or present", False),
    (r"type of proceedings|Proceedings\.?$|Select (?:Removal|Exclusion|Deportation|Rescission|Judicial)", "type", True),
    (r"Status of your Form", "status of the principal's form", False),
    (r"Purpose for Filing", "purpose", True),
    (r"I am filing for is (?:my|the)|Relationship to Your Derivative", "relationship of the family member", False),
    (r"Select Spouse|Select Children", "listed", True),
    (r"interpreter named in|read to me|read and understand|[Rr]egarding the Interpreter", "about the interpreter", False),
    (r"(?i)at my request|preparer named in", "about the preparer", False),
    (r"my representation of", "representation extends beyond preparation", False),
    (r"I am (?:not )?an attorney", "attorney or accredited representative", False),
    (r"requesting an Employment", "wants an employment authorization document", False),
]  # fmt: skip

OPTIONS = [  # long answers in few words
    (r"have not previously filed", "T-1 status, not filed before"),
    (r"have previously filed", "T-1 status, filed before"),
    (r"received T-1 status", "has T-1 status, brings family members"),
    (r"Sex trafficking in which a commercial", "sex trafficking by force, fraud or coercion"),
    (r"Sex trafficking and the victim", "sex trafficking of a person under 18"),
    (r"The recruitment, harboring", "labor trafficking by force, fraud or coercion"),
    (r"Select Not applicable", "not applicable"),
    (r"Select Other, specify", "other, on attached sheets"),
    (r"Has complied with requests", "has complied with requests"),
    (r"Has failed to comply", "has failed to comply with requests"),
    (r"Has not been requested", "has not been requested to assist"),
    (r"Has not yet attained", "not yet 18 years old"),
    (r"Select I can", "reads English"),
    (r"The interpreter named", "interpreter read it in another language"),
    (r"(?i)at my request|preparer named in", "preparer prepared it"),
    (r"does not extends? beyond", "No"),
    (r"extends beyond", "Yes"),
    (r"I am not an attorney", "No"),
    (r"I am an attorney", "Yes"),
    (r"Form G-28 is attached|G-28 is attached", "Yes"),
    (r"Filing this Form", "filed together"),
    (r"Derivative's Adult", "adult child"),
    (r"Minor Child", "minor child"),
    (r"Select (?:a )?Apartment", "apartment"),
    (r"Select (?:a )?Suite", "suite"),
    (r"Select (?:a )?(?:Designated )?Floor", "floor"),
    (r"Consulate", "consulate"), (r"Pre-[Ff]light", "pre-flight inspection"), (r"Port[- ]of[- ]Entry", "port of entry"),
    (r"Select Single", "Single"), (r"Removal", "removal"), (r"Exclusion", "exclusion"), (r"Deportation", "deportation"),
    (r"Rescission", "rescission"), (r"Judicial", "judicial"),
]  # fmt: skip


@dataclass
class Definition:
    """One field on its way into the YAML file."""

    widget: Widget
    part: str
    item: str
    name: str
    kind: str
    category: str
    option: str | None = None
    many: bool = False
    copy_of: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def plain(tooltip: str) -> str:
    """The tooltip without the sentences that every field repeats, abbreviations closed up."""
    text = re.sub(r"\bI-(\d) (\d\d)\b", r"I-\1\2", re.sub(r"\s+", " ", tooltip).strip())
    text = re.sub(r"\(?Enter (?:as|this|date|2).{0,30}[dD]igit.{0,60}?[yY]ear\.?\)?", "", text)
    text = re.sub(
        r"NOTE:? (?:TO ALL PETITIONERS|If you are an attorney).*$|NOTE[.:]? If you answered.*?Information\.", "", text
    )
    text = re.sub(r"(\d{1,2})\. ?([A-I])\. ", r"\1. \2. ", text)
    return text.strip()


PART = re.compile(r"(?:^|\. |claim\. |itioners\. )(?:PART|Part) ([A-H]|\d{1,2})\. (?!-)", re.M)


def part_of(text: str) -> str:
    """``Part C`` or ``Part 3``; empty for boxes outside the parts (attorney, office use)."""
    found = re.match(r"(?:PART|Part) ([A-H]|\d{1,2})\.", text) or PART.search(text)
    return f"Part {found[1]}" if found else ""


def item_of(form: str, leaf: str, text: str) -> str:
    """Printed item, ``2.a`` or ``4.b.3``. I-914 answers are numbered by name (the names of Part D run one ahead)."""
    if by_name := re.match(r"Q(\d+)_|Dq(\d+)([a-i]?)(\d?)_|pELine(\d+)([a-i]?)(\d?)YesNo", leaf):
        number, letter, sub = (
            (by_name[1], "", "") if by_name[1] else by_name.groups()[1:4] if by_name[2] else by_name.groups()[4:7]
        )
        shown = int(number) - 1 if by_name[2] and int(number) > 1 else int(number)
        return ".".join(x for x in (str(shown), letter, sub) if x)
    if text.startswith("If you answered"):
        text = "Part 3. " + text
    rest = re.sub(r"^.*?(?:PART|Part) (?:[A-H]|\d{1,2})\. ", "", text, count=1)
    rest = re.sub(r"(?:in|to|through|See|Numbers?|listed in) (?:Part )?\d{1,2}\. ?(?:[A-Za-z]\.)?", "", rest)
    found = re.findall(r"(?:^|[ .])(\d{1,2})\. ?(?:([A-I])\. ?)?(?=[A-Z\"“])", rest)
    if not found:
        return ""
    number, letter = found[-1] if form.startswith("i-918") else found[0]
    if not letter and form in ("i-914", "i-914a"):
        below = re.search(rf"{number}\. ([A-C])\. ", rest)
        letter = below[1] if below else ""
    return f"{number}.{letter.lower()}" if letter else number


def last_phrase(text: str) -> str:
    """What the tooltip finally asks: from the last "Enter" or "Select", else its last sentences."""
    places = [m.start() for m in re.finditer(r"\b(?:Enter|Select)\b", text)]
    return text[places[-1] :] if places else re.split(r"(?<= )\d{1,2}\. (?:[A-I]\. )?", text)[-1]


def describe(form: str, widget: Widget, wording: dict) -> Definition:
    """Part, item, wording, kind and category of one field."""
    leaf = widget.name.rsplit(".", 1)[-1]
    text = plain(widget.tooltip) + ADDITIONS.get((form, leaf), "")
    part, item = part_of(text), ""
    if part:
        item = item_of(form, leaf, text)
    for (of, ending), fixed in CORRECTIONS.items():
        if of == form and widget.name.endswith(ending):
            part, item = fixed
    subject = next(
        s for s in SUBJECTS if re.fullmatch(s.form, form) and re.fullmatch(s.part, part) and re.search(s.says, text)
    )
    question = wording.get(form, {}).get(part, {}).get(item)
    phrase = last_phrase(text)
    if widget.kind == "box":
        return _choice(form, widget, part, item, text, phrase, subject, question)
    copy_of = None
    if COPY_TIP.search(text) or (form == "i-918" and leaf in I918_COPIES):
        copy_of = widget.name.rsplit(".", 1)[-1][:-3] + "[0]"
    elif form == "i-918" and leaf in UNDER:
        copy_of = UNDER[leaf]
    if question and widget.kind == "text" and _asks_itself(form, part, item):
        kind = "date" if " date " in question else "narrative" if question.startswith("Narrative") else "text"
        return Definition(
            widget, part, item, question, kind, "K4" if kind == "narrative" else subject.category, copy_of=copy_of
        )
    ask = next((a for a in ASKS if re.search(a.says, phrase)), None) or next(
        (a for a in ASKS if re.search(a.says, text)), None
    )
    if ask is None:
        raise ValueError(f"{form}: no wording for {widget.name}: {text[-120:]}")
    return Definition(
        widget, part, item, f"{subject.about}: {ask.asks}", ask.kind, ask.category or subject.category, copy_of=copy_of
    )


def _asks_itself(form: str, part: str, item: str) -> bool:
    """Text fields of the certifications that are the question of their item, not a detail below it."""
    return (form, part) in (("i-914b", "Part C"), ("i-918b", "Part 3")) or (form, part, item) == (
        "i-918b",
        "Part 4",
        "4",
    )


def _choice(
    form: str, widget: Widget, part: str, item: str, text: str, phrase: str, subject: Subject, question: str | None
) -> Definition:
    leaf = widget.name.rsplit(".", 1)[-1]
    option = next((short for says, short in OPTIONS if re.search(says, phrase)), None)
    if answer := re.match(r"Select (Yes|No)\b(?! [a-z])", phrase):
        option = answer[1]
    option = OPTION_CORRECTIONS.get((form, leaf), option)
    if option is None:
        option = re.sub(r"^Select (?:a |an |The )?|\.$", "", phrase).strip()
    asks, many = next(((a, m) for says, a, m in CHOICES if re.search(says, text[-420:])), (None, False))
    if (question and option in ("Yes", "No")) or (question and form in ("i-914b", "i-918b")):
        name = question
    elif asks:
        name = f"{subject.about}: {asks}"
    else:
        raise ValueError(f"{form}: no wording for box {widget.name}: {text[-120:]}")
    if name.startswith("Claim:"):
        subject = Subject("", "", "", "Claim", "K5")
    medical = re.search(r"Communicable|disorder|Drug abuser|sexual|Prostitution", name)
    category = "K9" if medical else subject.category
    return Definition(widget, part, item, name, "choice", category, option=option, many=many)


def definition_of(path: Path, wording: dict) -> tuple[str, dict[str, Any]]:
    """File name and content of one blank's definition. Raises ValueError for a PDF that is none of the six forms."""
    with pikepdf.open(path) as pdf:
        form, edition = form_of(pdf)
        found = widgets_of(pdf)
        fields = [describe(form, w, wording) for w in found.widgets if w.kind != "button"]
        pages = len(pdf.pages)
        nodes = data_nodes(pdf)
    _check_choices(form, fields)
    full = {d.widget.name.rsplit(".", 1)[-1]: d.widget.name for d in reversed(fields)}
    rows = [_row(d, full, nodes.get(without_pages(d.widget.name))) for d in sorted(fields, key=_reading_order)]
    month, day, year = edition.split("/")
    content = {"form": form, "edition": edition, "title": TITLES[form], "pages": pages, "fields": rows}
    return f"{form}_20{year}-{month}-{day}.yaml", content


def _reading_order(d: Definition) -> tuple:
    numbers = [int(x) if x.isdigit() else ord(x) for x in re.findall(r"\d+|[A-Za-z]", f"{d.part[5:]} {d.item}")]
    box = d.widget.box or (0, 0, 0, 0)
    return d.widget.page, numbers, box[1], box[0]


def _check_choices(form: str, fields: list[Definition]) -> None:
    """No two boxes may say the same: a tooltip was misread, or is wrong and needs a line in OPTION_CORRECTIONS."""
    said: dict[tuple[str, ...], str] = {}
    for d in fields:
        if d.option is None:
            continue
        answer = (d.part, d.item, d.name, d.option)
        if answer in said:
            raise ValueError(f"{form}: {d.widget.name} says the same as {said[answer]}: {d.option}")
        said[answer] = d.widget.name


def form_of(pdf: pikepdf.Pdf) -> tuple[str, str]:
    """Form and edition by the printed footer of the first page."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf.filename)
    text = document[0].get_textpage().get_text_bounded()
    printed = FOOTER.search(text)
    if not printed or printed[3]:
        raise ValueError("not the first page of one of the six forms")
    return f"{printed[1].lower()}{(printed[2] or '').lower()}", printed[4]


def _row(d: Definition, full: dict[str, str], data: str | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "acroform": d.widget.name,
        "item": ", ".join(x for x in (d.part, d.item) if x),
        "name": d.name,
        "kind": d.kind,
        "category": d.category,
        "page": d.widget.page + 1,
        "box": list(d.widget.box) if d.widget.box else None,
    }
    if d.option is not None:
        row |= {"option": d.option, "export": d.widget.on_state}
    if d.many:
        row["many"] = True
    if d.copy_of:
        row["copy_of"] = full[d.copy_of]
    if data:
        row["data"] = data
    if d.widget.max_length:
        row["max_length"] = d.widget.max_length
    if d.widget.multiline:
        row["multiline"] = True
    return row


def write(content: dict[str, Any], path: Path) -> None:
    """YAML with one field a line, so that a change of one field is a change of one line."""
    head = {k: v for k, v in content.items() if k != "fields"}
    lines = [yaml.safe_dump(head, sort_keys=False, width=1000).rstrip(), "fields:"]
    for row in content["fields"]:
        flow = yaml.safe_dump(row, default_flow_style=True, sort_keys=False, width=10_000, allow_unicode=True)
        lines.append(f"- {flow.strip()}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(folder: Path) -> int:
    """Definitions of every blank in ``folder``; instructions are passed over."""
    wording = yaml.safe_load((HERE / "wording.yaml").read_text(encoding="utf-8"))
    EDITIONS.mkdir(exist_ok=True)
    for path in sorted(folder.glob("*.pdf")):
        try:
            name, content = definition_of(path, wording)
        except ValueError as problem:
            print(f"{path.name}: {problem}")
            continue
        write(content, EDITIONS / name)
        print(f"{name}: {len(content['fields'])} fields")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
