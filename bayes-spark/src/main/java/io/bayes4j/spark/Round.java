package io.bayes4j.spark;

import io.bayes4j.core.random.Noise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function2;

/** One round: all parts train from one state, and what they find is merged. */
final class Round {
  private final PartTraining training;
  private final JavaRDD<PartData> parts;
  private final Merger merger;
  private final long[] counts;

  /**
   * Rounds of a run.
   *
   * @param counts how many examples each part has
   */
  Round(PartTraining training, JavaRDD<PartData> parts, Merger merger, long... counts) {
    this.training = training;
    this.parts = parts;
    this.merger = merger;
    this.counts = counts;
  }

  /** What came out of a round. */
  record Result(ModelState state, RoundRecord figures) {}

  /**
   * Runs a round.
   *
   * @param state where it begins
   */
  Result run(int number, ModelState state, Noise noise) {
    long begin = System.nanoTime();
    PartTraining task = training;
    List<PartTraining.Start> starts = starts(state, noise);
    long bytes = 0;
    if (merger.takesCurvature()) {
      List<Curvature> curvatures = inParts(starts, task::curvature);
      bytes += curvatures.stream().mapToLong(Curvature::bytes).sum();
      for (int part = 0; part < starts.size(); part++) {
        Curvature others = Curvature.without(part, curvatures);
        starts.set(part, starts.get(part).with(others, merger.scale()));
      }
    }
    List<PartTraining.Answer> answers = inParts(starts, task::train);
    bytes += answers.stream().mapToLong(answer -> answer.state().bytes()).sum();
    Gaussians merged =
        merger.merge(answers.stream().map(answer -> answer.state().posterior()).toList(), counts);
    ModelState next = new ModelState(merged.means(), merged.sigmas(), others(answers));
    if (merger.takesCurvature()) {
      next = StepSearch.farthest(state, next, there -> loss(there, starts));
    }
    double loss = 0;
    for (int part = 0; part < counts.length; part++) {
      loss += answers.get(part).loss() * share(part);
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    return new Result(next, new RoundRecord(number, loss, bytes, seconds));
  }

  /** With the prior's share of the divergence that the means change. */
  private double loss(ModelState state, List<PartTraining.Start> starts) {
    PartTraining task = training;
    List<PartTraining.Start> there = starts.stream().map(start -> start.at(state)).toList();
    double sum = inParts(there, task::loss).stream().mapToDouble(Double::doubleValue).sum();
    return sum + training.beta() * merger.pull(state);
  }

  private List<PartTraining.Start> starts(ModelState state, Noise noise) {
    List<PartTraining.Start> starts = new ArrayList<>();
    for (int part = 0; part < counts.length; part++) {
      long own = noise.split(part).key();
      starts.add(
          new PartTraining.Start(state, merger.priorOf(part), merger.weight(part, counts), own));
    }
    return starts;
  }

  private <T> List<T> inParts(
      List<PartTraining.Start> starts, Function2<PartData, PartTraining.Start, T> work) {
    JavaRDD<PartTraining.Start> started =
        JavaSparkContext.fromSparkContext(parts.context()).parallelize(starts, counts.length);
    return parts
        .zipPartitions(
            started, (data, start) -> List.of(work.call(data.next(), start.next())).iterator())
        .collect();
  }

  private double share(int part) {
    return counts[part] / (double) Arrays.stream(counts).sum();
  }

  /** Weights without a posterior are averaged, by the number of examples. */
  private float[] others(List<PartTraining.Answer> answers) {
    double[] sum = new double[answers.get(0).state().others().length];
    for (int part = 0; part < counts.length; part++) {
      float[] own = answers.get(part).state().others();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += own[i] * share(part);
      }
    }
    float[] mean = new float[sum.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) sum[i];
    }
    return mean;
  }
}
