package io.bayes4j.layers.train;

import io.bayes4j.layers.optim.Schedule;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once whether the KL divergence counts for anything: it is divided by the number of examples
 * already, and whoever does so again trains a network that is Bayesian in name.
 */
final class KlAdvice {
  private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

  /** Share of the loss below which no draw of the weights would notice the divergence. */
  private static final double LEAST_SHARE = 1e-6;

  /** Below this many examples or steps, their reciprocal is a usual weight. */
  private static final int MANY = 20;

  private final Schedule beta;
  private final int examples;
  private final int steps;
  private boolean done;

  KlAdvice(Schedule beta, int examples, int steps) {
    this.beta = beta;
    this.examples = examples;
    this.steps = steps;
  }

  /** Warns after the first epoch in which the divergence was weighed throughout. */
  void look(EpochRecord record, TrainingListener listener) {
    double weight = beta.at(record.epoch() - 1.0);
    if (done || weight == 0 || record.kl() == 0) {
      return;
    }
    done = true;
    String fault = null;
    if (record.kl() < LEAST_SHARE * Math.abs(record.loss())) {
      fault =
          String.format(
              Locale.US,
              "KL per example is %.2g, below %.0e of the loss of %.4g",
              record.kl(),
              LEAST_SHARE,
              record.loss());
    } else if (isOneOver(examples, weight)) {
      fault = "beta is " + weight + ", which is 1 / (number of examples)";
    } else if (isOneOver(steps, weight)) {
      fault = "beta is " + weight + ", which is 1 / (steps of an epoch)";
    }
    if (fault != null) {
      String warning =
          fault
              + ": the divergence hardly counts. The trainer divides KL by the number of examples"
              + " itself: is it scaled twice? beta is 1 for the posterior itself, and the loss has"
              + " to be a mean over the batch, not a sum";
      LOG.warn(warning);
      listener.warning(warning);
    }
  }

  private static boolean isOneOver(int number, double weight) {
    return number >= MANY && Math.abs(weight * number - 1) < 1e-3;
  }
}
