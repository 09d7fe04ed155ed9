package io.bayes4j.core.uncertainty;

import io.bayes4j.core.random.Noise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The joint distribution of the labels of some examples, given each draw of the weights. */
final class JointLabels {
  private final Samples samples;
  private final int most;
  private final Noise noise;
  private final List<Integer> chosen = new ArrayList<>();

  /** The probability of each configuration in each draw, [configurations][samples]. */
  private double[][] configurations;

  /** Whether these are all configurations, and not drawn ones. */
  private boolean exact = true;

  JointLabels(Samples samples, int most, Noise noise) {
    this.samples = samples;
    this.most = most;
    this.noise = noise;
    double[] nothing = new double[samples.count()];
    Arrays.fill(nothing, 1);
    configurations = new double[][] {nothing};
  }

  /** The joint entropy with one more example, in nats, less that of drawn configurations' own. */
  double entropyWith(int example) {
    int k = samples.width();
    int draws = samples.count();
    double entropy = 0;
    for (double[] configuration : configurations) {
      double own = 0;
      for (double p : configuration) {
        own += p / draws;
      }
      double sum = 0;
      for (int c = 0; c < k; c++) {
        double joint = 0;
        for (int s = 0; s < draws; s++) {
          joint += configuration[s] * samples.get(s, example, c) / draws;
        }
        sum += Uncertainty.entropyTerm(joint);
      }
      // A drawn configuration stands for others: it was drawn with its own probability.
      entropy += exact ? sum : sum / own / configurations.length;
    }
    return entropy;
  }

  /** Adds an example to those whose labels are looked at together. */
  void add(int example) {
    chosen.add(example);
    long all = (long) configurations.length * samples.width();
    exact = exact && all <= most;
    configurations = exact ? extended(example, (int) all) : drawn();
  }

  private double[][] extended(int example, int count) {
    double[][] more = new double[count][samples.count()];
    int k = samples.width();
    for (int m = 0; m < count; m++) {
      for (int s = 0; s < samples.count(); s++) {
        more[m][s] = configurations[m / k][s] * samples.get(s, example, m % k);
      }
    }
    return more;
  }

  /** Configurations from their distribution: of a draw of the weights, each label by itself. */
  private double[][] drawn() {
    double[][] some = new double[most][samples.count()];
    float[] uniforms = new float[chosen.size() + 1];
    for (int m = 0; m < most; m++) {
      noise.split(chosen.size()).split(m).uniforms(uniforms, 0, uniforms.length, 0);
      int draw = (int) (uniforms[chosen.size()] * samples.count());
      Arrays.fill(some[m], 1);
      for (int j = 0; j < chosen.size(); j++) {
        int label = label(draw, chosen.get(j), uniforms[j]);
        for (int s = 0; s < samples.count(); s++) {
          some[m][s] *= samples.get(s, chosen.get(j), label);
        }
      }
    }
    return some;
  }

  private int label(int draw, int example, float uniform) {
    double sum = 0;
    int last = 0;
    for (int c = 0; c < samples.width(); c++) {
      double p = samples.get(draw, example, c);
      last = p > 0 ? c : last;
      sum += p;
      if (uniform < sum) {
        return c;
      }
    }
    // Rounding has left the sum below one.
    return last;
  }
}
