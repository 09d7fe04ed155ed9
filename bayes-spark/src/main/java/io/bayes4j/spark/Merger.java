package io.bayes4j.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** Rounds of a {@link Merging}: what parts start from, and what becomes of their answers. */
final class Merger {
  private final Merging rule;
  private final double damping;
  private final Gaussians prior;
  private final List<Gaussians> sites = new ArrayList<>();

  /**
   * Before the first round.
   *
   * @param damping share of a part's new factor that replaces its old one
   */
  Merger(Merging rule, double damping, Gaussians prior, int parts) {
    this.rule = rule;
    this.damping = damping;
    this.prior = prior;
    for (int part = 0; part < parts; part++) {
      sites.add(Gaussians.nothing(prior.length()));
    }
  }

  /** What others' curvature is multiplied by where parts step at the same time. */
  double scale() {
    return 1 / damping;
  }

  boolean takesCurvature() {
    return rule == Merging.CURVATURE;
  }

  /** The parts' factors. */
  List<Gaussians> sites() {
    return List.copyOf(sites);
  }

  /** Goes on from other factors. */
  void resume(List<Gaussians> factors) {
    sites.clear();
    sites.addAll(factors);
  }

  /**
   * The prior that a part trains with, its data not in it; what others say is added later with
   * {@link Merging#CURVATURE}.
   */
  Gaussians priorOf(int part) {
    return rule == Merging.PARTITIONED ? product().times(sites.get(part), -1) : prior;
  }

  /** What the divergence of a part is multiplied by. */
  double weight(int part, long... counts) {
    return rule == Merging.AVERAGE ? share(part, counts) : 1;
  }

  private static double share(int part, long... counts) {
    return counts[part] / (double) LongStream.of(counts).sum();
  }

  /** The posterior of all, of the posteriors that the parts have trained. */
  Gaussians merge(List<Gaussians> posteriors, long... counts) {
    if (rule == Merging.AVERAGE || rule == Merging.CURVATURE) {
      Gaussians mean = Gaussians.nothing(prior.length());
      for (int part = 0; part < posteriors.size(); part++) {
        mean = mean.times(posteriors.get(part), share(part, counts));
      }
      return mean;
    }
    List<Gaussians> fresh = new ArrayList<>();
    for (int part = 0; part < posteriors.size(); part++) {
      Gaussians site = posteriors.get(part).over(priorOf(part));
      double share = rule == Merging.PARTITIONED ? damping : 1;
      fresh.add(
          Gaussians.nothing(prior.length()).times(site, share).times(sites.get(part), 1 - share));
    }
    sites.clear();
    sites.addAll(fresh);
    return product();
  }

  /** What the prior adds to the divergence because of the means, up to a constant, in nats. */
  double pull(ModelState state) {
    double sum = 0;
    for (int i = 0; i < state.mean().length; i++) {
      double m = state.mean()[i];
      sum += m * (prior.precision()[i] * m / 2 - prior.shift()[i]);
    }
    return sum;
  }

  private Gaussians product() {
    Gaussians product = prior;
    for (Gaussians site : sites) {
      product = product.times(site, 1);
    }
    return product;
  }
}
