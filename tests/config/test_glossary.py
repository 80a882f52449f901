"""The glossary explains the technical words of the settings, and the README leads to it."""

from pathlib import Path

import pytest

from denoise_core.config import RunConfig, glossary, settings
from denoise_core.config.glossary import GLOSSARY

ROOT = Path(__file__).parents[2]
PLAIN = {"Uneven time steps", "Network", "Split", "Device", "Time budget"}
WORDS = (
    "Residual",
    "Blind spot",
    "SNR",
    "RMS",
    "Autocorrelation",
    "Validation",
    "AR(1) noise",
    "Period",
    "Gain",
    "Gap",
    "Instant",
)


def test_each_entry_is_one_sentence_and_they_are_in_order():
    assert list(GLOSSARY) == sorted(GLOSSARY, key=str.lower)
    assert all(sentence.endswith(".") and ". " not in sentence for sentence in GLOSSARY.values())


def test_every_technical_label_of_a_setting_is_explained():
    labels = {spec.metadata["label"] for _, spec, _ in settings(RunConfig())}
    first_words = {term.split()[0].lower() for term in GLOSSARY}
    assert {label for label in labels if not any(word in label.lower() for word in first_words)} == PLAIN


@pytest.mark.parametrize("word", WORDS)
def test_words_of_verdicts_and_help_texts_are_explained(word):
    assert word in GLOSSARY


def test_the_readme_leads_to_the_glossary():
    path = Path(glossary.__file__).relative_to(ROOT)
    assert f"]({path})" in (ROOT / "README.md").read_text(encoding="utf-8")
