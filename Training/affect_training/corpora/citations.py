"""Whom the model cards name for each corpus."""

CITATIONS = {
    "RAVDESS": "Livingstone and Russo (2018), The Ryerson Audio-Visual Database of Emotional "
    "Speech and Song, PLoS ONE 13(5); 24 actors, two sentences.",
    "CREMA-D": "Cao et al. (2014), CREMA-D: Crowd-sourced emotional multimodal actors dataset, "
    "IEEE Transactions on Affective Computing 5(4); 91 actors, twelve sentences.",
    "SAVEE": "Haq and Jackson (2010), Multimodal emotion recognition; four English men.",
    "TESS": "Dupuis and Pichora-Fuller (2010), Toronto emotional speech set; two actresses.",
    "ESC10": "Piczak (2015), ESC: Dataset for environmental sound classification, ACM Multimedia; "
    "the ten classes of ESC-10.",
    "GSC": "Warden (2018), Speech Commands: A dataset for limited-vocabulary speech recognition; "
    "its background noise.",
}
