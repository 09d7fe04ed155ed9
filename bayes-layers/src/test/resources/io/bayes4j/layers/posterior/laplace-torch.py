"""The golden numbers of LaplaceGoldenTest, of laplace-torch 0.3: python laplace-torch.py > laplace-torch.json"""
import json, sys, warnings
warnings.filterwarnings("ignore")
import numpy, torch, laplace
from laplace import Laplace
from scipy.optimize import minimize_scalar
from torch.utils.data import DataLoader, TensorDataset

torch.set_default_dtype(torch.float64)
N, F, K, NOISE = 40, 5, 4, 0.4


def floats(t):
    return [float(v) for v in t.detach().reshape(-1)]


def case(likelihood, structure, bias):
    torch.manual_seed(7)
    x = torch.randn(N, F).float().double()
    test = (2 * torch.randn(6, F)).float().double()
    # The first layer is the identity, so that the last one's features are the inputs.
    model = torch.nn.Sequential(torch.nn.Identity(), torch.nn.Linear(F, K, bias=bias))
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.randn_like(p).float().double())
    y = torch.arange(N) % K if likelihood == "classification" else (model(x) + NOISE * torch.randn(N, K)).detach().float().double()
    options = {} if likelihood == "classification" else {"sigma_noise": NOISE}
    la = Laplace(model, likelihood, subset_of_weights="last_layer", hessian_structure=structure, last_layer_name="1", **options)
    la.fit(DataLoader(TensorDataset(x, y), batch_size=N))
    la.prior_precision = torch.tensor([1.7])
    mean, covariance = la._glm_predictive_distribution(test)
    logml = la.log_marginal_likelihood()
    def minus(log):
        return -float(la.log_marginal_likelihood(prior_precision=torch.tensor([numpy.exp(log)])))
    best = minimize_scalar(minus, bounds=(-10, 10), method="bounded", options={"xatol": 1e-9})
    la.prior_precision = torch.tensor([1.7])
    result = {
        "likelihood": likelihood, "covariance": structure, "bias": bias,
        "x": floats(x), "y": floats(y), "test": floats(test),
        "weight": floats(model[1].weight), "biases": floats(model[1].bias) if bias else [],
        "mean": floats(mean), "outputCovariance": floats(covariance), "logMarginalLikelihood": float(logml),
        "bestLogPrecision": float(best.x),
    }
    if likelihood == "classification":
        torch.manual_seed(1)
        draws = torch.distributions.MultivariateNormal(mean, covariance).sample((200000,)) if structure != "diag" else mean + covariance.diagonal(dim1=1, dim2=2).sqrt() * torch.randn(200000, *mean.shape)
        result["sampled"] = floats(torch.softmax(draws, -1).mean(0))
        result["probit"] = floats(la(test, link_approx="probit"))
    return result


cases = [case(l, s, b) for l in ("classification", "regression") for s, b in (("full", True), ("diag", True), ("kron", False))]
versions = {"torch": torch.__version__, "laplace-torch": "0.3"}
json.dump({"versions": versions, "classes": K, "features": F, "examples": N, "noise": NOISE, "priorPrecision": 1.7, "cases": cases}, sys.stdout)
