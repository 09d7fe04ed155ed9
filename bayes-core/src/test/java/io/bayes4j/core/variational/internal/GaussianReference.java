package io.bayes4j.core.variational.internal;

/** The formulas of the kernels in double precision, one element at a time. */
public final class GaussianReference {
  private GaussianReference() {}

  public static double softplus(double rho) {
    return Math.max(rho, 0) + Math.log1p(Math.exp(-Math.abs(rho)));
  }

  public static double sigmoid(double rho) {
    return rho > 0 ? 1 / (1 + Math.exp(-rho)) : Math.exp(rho) / (1 + Math.exp(rho));
  }

  /** ln softplus(rho), also where softplus is zero in double precision. */
  static double logSoftplus(double rho) {
    return rho < -40 ? rho : Math.log(softplus(rho));
  }

  static double kl(double mu, double rho, double mean, double sigma) {
    double ratio = softplus(rho) / sigma;
    double shift = (mu - mean) / sigma;
    return 0.5 * (ratio * ratio + shift * shift - 1) - logSoftplus(rho) + Math.log(sigma);
  }

  /** d KL / d mu by central differences. */
  static double klByMu(double mu, double rho, double mean, double sigma) {
    double h = 1e-4 * Math.max(1, Math.abs(mu - mean));
    return (kl(mu + h, rho, mean, sigma) - kl(mu - h, rho, mean, sigma)) / (2 * h);
  }

  /** d KL / d rho by central differences of fourth order. */
  static double klByRho(double mu, double rho, double mean, double sigma) {
    double h = 1e-3;
    double near = kl(mu, rho + h, mean, sigma) - kl(mu, rho - h, mean, sigma);
    double far = kl(mu, rho + 2 * h, mean, sigma) - kl(mu, rho - 2 * h, mean, sigma);
    return (8 * near - far) / (12 * h);
  }
}
