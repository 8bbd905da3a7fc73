"""Likelihoods and criteria of mixtures, with default settings, beside R flexmix, poLCA, mclust."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np

from benchmarks.golden.row import GoldenRow
from segmentary.models.table.typed_table import Floats

TOPIC = "mixtures"
BEST = {
    1: -8346.217,
    2: -7610.836,
    3: -7311.478,
    4: -7111.108,
    5: -7011.167,
    6: -6956.019,
    7: -6900.136,
    8: -6864.090,
}
"""McDonald's: the best of 40 starts of an EM on patterns; flexmix from 40 starts gives the same."""
FLEXMIX = {
    2: (15267.70, 15389.17, 15522.10),
    3: (14693.07, 14877.92, 15077.96),
    4: (14316.29, 14564.52, 14835.95),
    5: (14140.41, 14452.01, 14806.54),
    6: (14054.22, 14429.20, 14810.65),
    7: (13966.38, 14404.73, 14800.16),
    8: (13935.28, 14437.01, 14908.52),
}
"""AIC, BIC, ICL of flexmix, nrep 10: upper bounds of AIC and BIC, since likelihoods are reached that it missed."""
POLCA = (
    ("carcinoma", 1, -524.46482, None, None),
    ("carcinoma", 2, -317.25684, 15, 706.074),
    ("carcinoma", 3, -293.70498, 23, 697.136),
    ("carcinoma", 4, -289.28585, None, None),
    ("gss82", 1, -2872.22958, None, None),
    ("gss82", 2, -2783.26801, 13, 5658.729),
    ("gss82", 3, -2754.54541, 20, 5650.926),
    ("gss82", 4, -2746.62081, None, None),
    ("cheating", 1, -467.43819, None, None),
    ("cheating", 2, -440.02711, 9, 931.941),
)
SHARES = {("carcinoma", 3): (0.4447, 0.3736, 0.1817), ("gss82", 3): (0.6207, 0.2070, 0.1723)}
MCLUST = (("VEV", 2, -215.726, 561.7285, None), ("VEV", 3, -186.074, 562.5522, 566.4673))
"""Log-likelihood, BIC and ICL (mclust prints the negatives of BIC and ICL)."""


def rows(data: Path, *, most: int = 8) -> list[GoldenRow]:
    """Return all comparisons; `most`: of McDonald's up to so many segments."""
    folder = data / "statistics"
    return [*latent_classes(folder, most), *polca(folder), *covariates(folder), *iris(), *regressions(folder)]


def mcdonalds(folder: Path) -> tuple[Floats, Floats]:
    """Return the eleven answers as codes, and how much people like it, -5 to 5."""
    import pandas as pd

    table = pd.read_csv(folder / "mcdonalds.csv")
    like = table["Like"].astype(str).str.extract(r"([+-]?\d+)\s*$")[0].astype(float)
    return (table.iloc[:, :11] == "Yes").to_numpy(dtype=np.float64), like.to_numpy()


def coded(folder: Path, name: str) -> Floats:
    """Return a table of answers as codes."""
    import pandas as pd

    table = pd.read_csv(folder / f"{name}.csv").drop(columns="GPA", errors="ignore")
    return np.column_stack([pd.Categorical(table[column]).codes.astype(np.float64) for column in table])


def latent_classes(folder: Path, most: int) -> list[GoldenRow]:
    from segmentary.models.cluster.latent_class import LatentClass

    x, _ = mcdonalds(folder)
    found = []
    bics, icls = {}, {}
    for k in [one for one in BEST if one <= most]:
        model = LatentClass(k).fit(x)
        what = f"McDonald's, {k} classes"
        found.append(
            GoldenRow(TOPIC, f"{what}: log-likelihood", model.log_likelihood_, BEST[k], "at_least", 0.01, "best known")
        )
        if k not in FLEXMIX:
            continue
        bics[k], icls[k] = model.bic_, model.icl_
        aic, bic, icl = FLEXMIX[k]
        found.append(GoldenRow(TOPIC, f"{what}: AIC", model.aic_, aic, "at_most", 0.01, "flexmix"))
        found.append(GoldenRow(TOPIC, f"{what}: BIC", model.bic_, bic, "at_most", 0.01, "flexmix"))
        if k < 8:
            # flexmix stops a little below the maximum, where people are less surely placed; at 8 at another one.
            found.append(GoldenRow(TOPIC, f"{what}: ICL", model.icl_, icl, "equal", 12.0, "flexmix"))
    if most >= 8:
        found.append(GoldenRow(TOPIC, "McDonald's, 8 classes: BIC", bics[8], 14419.91, "equal", 0.01, "best known"))
        found.append(
            GoldenRow(TOPIC, "McDonald's: classes by BIC", min(bics, key=bics.__getitem__), 7, source="flexmix")
        )
        found.append(
            GoldenRow(TOPIC, "McDonald's: classes by ICL", min(icls, key=icls.__getitem__), 7, source="flexmix")
        )
    return found


def polca(folder: Path) -> list[GoldenRow]:
    from segmentary.models.cluster.latent_class import LatentClass

    found = []
    for name, k, known, parameters, bic in POLCA:
        model = LatentClass(k).fit(coded(folder, name))
        what = f"{name}, {k} classes"
        found.append(
            GoldenRow(TOPIC, f"{what}: log-likelihood", model.log_likelihood_, known, "at_least", 0.01, "poLCA")
        )
        if parameters is not None:
            found.append(GoldenRow(TOPIC, f"{what}: parameters", model.n_parameters_, parameters, source="poLCA"))
            found.append(GoldenRow(TOPIC, f"{what}: BIC", model.bic_, bic, "equal", 0.001, "poLCA"))
        for place, share in enumerate(SHARES.get((name, k), ())):
            ours = float(model.weights_[place])
            found.append(GoldenRow(TOPIC, f"{what}: share {place + 1}", ours, share, "equal", 2e-4, "poLCA"))
    return found


def covariates(folder: Path) -> list[GoldenRow]:
    import pandas as pd

    from segmentary.models.cluster.latent_class_regression import LatentClassRegression

    gpa = pd.read_csv(folder / "cheating.csv")["GPA"].to_numpy(dtype=np.float64)
    x = np.column_stack([coded(folder, "cheating"), gpa])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = LatentClassRegression(2, covariates=[4]).fit(x)
    what = "cheating on GPA, 2 classes"
    return [
        GoldenRow(TOPIC, f"{what}: people", model.n_used_, 315, source="poLCA"),
        GoldenRow(TOPIC, f"{what}: log-likelihood", model.log_likelihood_, -429.63838, "at_least", 0.01, "poLCA"),
        GoldenRow(TOPIC, f"{what}: parameters", model.n_parameters_, 10, source="poLCA"),
        GoldenRow(TOPIC, f"{what}: BIC", model.bic_, 916.802, "equal", 0.001, "poLCA"),
    ]


def iris() -> list[GoldenRow]:
    from sklearn.datasets import load_iris
    from sklearn.metrics import adjusted_rand_score

    from segmentary.models.cluster.gaussian_mixture import GaussianMixture

    x, species = load_iris(return_X_y=True)
    found = []
    for family, k, known, bic, icl in MCLUST:
        model = GaussianMixture(k, covariance=family).fit(x)
        what = f"iris, {family} {k}"
        found.append(
            GoldenRow(TOPIC, f"{what}: log-likelihood", model.log_likelihood_, known, "at_least", 0.001, "mclust")
        )
        found.append(GoldenRow(TOPIC, f"{what}: BIC", model.bic_, bic, "at_most", 0.002, "mclust"))
        if icl is not None:
            # mclust stops earlier: its people are placed a little less surely.
            found.append(GoldenRow(TOPIC, f"{what}: ICL", model.icl_, icl, "at_most", 0.01, "mclust"))
            index = adjusted_rand_score(species, model.labels_)
            found.append(GoldenRow(TOPIC, f"{what}: ARI with species", index, 0.904, "equal", 0.001, "mclust"))
    return found


def regressions(folder: Path) -> list[GoldenRow]:
    """Maximum likelihood beside flexmix, which divides variances by n - 12 and so stays a little below the maximum."""
    from segmentary.models.cluster.regression_mixture import RegressionMixture

    answers, like = mcdonalds(folder)
    model = RegressionMixture(2).fit(np.column_stack([answers, like]))
    what = "Like by 11 answers, 2 lines"
    strong, weak = sorted(model.coefficients_[:, -1])
    return [
        GoldenRow(TOPIC, f"{what}: log-likelihood", model.log_likelihood_, -2875.499, "at_least", 0.01, "flexmix"),
        GoldenRow(TOPIC, f"{what}: parameters", model.n_parameters_, 27, source="flexmix"),
        GoldenRow(TOPIC, f"{what}: BIC", model.bic_, 5947.596, "at_most", 0.01, "flexmix"),
        GoldenRow(TOPIC, f"{what}: disgusting, one segment", float(weak), -0.563, "equal", 0.001, "flexmix"),
        GoldenRow(TOPIC, f"{what}: disgusting, the other", float(strong), -2.072, "equal", 0.001, "flexmix"),
    ]
