package io.bayes4j.spark;

import io.bayes4j.core.random.Noise;
import java.util.ArrayList;
import java.util.List;

/** A round in which all parts train from one state, and what they find is merged. */
final class MergedRound implements Round {
  private final PartTraining training;
  private final Parts parts;
  private final Merger merger;

  MergedRound(PartTraining training, Parts parts, Merger merger) {
    this.training = training;
    this.parts = parts;
    this.merger = merger;
  }

  @Override
  public Result run(int number, ModelState state, Noise noise) {
    long begin = System.nanoTime();
    PartTraining task = training;
    List<PartTraining.Start> starts = starts(state, noise);
    long bytes = 0;
    if (merger.takesCurvature()) {
      List<Curvature> curvatures = parts.each(starts, task::curvature);
      bytes += curvatures.stream().mapToLong(Curvature::bytes).sum();
      for (int part = 0; part < starts.size(); part++) {
        Curvature others = Curvature.without(part, curvatures);
        starts.set(part, starts.get(part).with(others, merger.scale()));
      }
    }
    List<PartTraining.Answer> answers = parts.each(starts, task::train);
    bytes += answers.stream().mapToLong(answer -> answer.state().bytes()).sum();
    Gaussians merged =
        merger.merge(
            answers.stream().map(answer -> answer.state().posterior()).toList(), parts.counts());
    ModelState next = new ModelState(merged.means(), merged.sigmas(), others(answers));
    if (merger.takesCurvature()) {
      next = StepSearch.farthest(state, next, there -> loss(there, starts));
    }
    double loss = 0;
    for (int part = 0; part < parts.number(); part++) {
      loss += answers.get(part).loss() * parts.share(part);
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    return new Result(next, new RoundRecord(number, loss, bytes, seconds));
  }

  /** With the prior's share of the divergence that the means change. */
  private double loss(ModelState state, List<PartTraining.Start> starts) {
    PartTraining task = training;
    List<PartTraining.Start> there = starts.stream().map(start -> start.at(state)).toList();
    double sum = parts.each(there, task::loss).stream().mapToDouble(Double::doubleValue).sum();
    return sum + training.beta() * merger.pull(state);
  }

  private List<PartTraining.Start> starts(ModelState state, Noise noise) {
    List<PartTraining.Start> starts = new ArrayList<>();
    for (int part = 0; part < parts.number(); part++) {
      long own = noise.split(part).key();
      starts.add(
          new PartTraining.Start(
              state, merger.priorOf(part), merger.weight(part, parts.counts()), own));
    }
    return starts;
  }

  /** Weights without a posterior are averaged, by the number of examples. */
  private float[] others(List<PartTraining.Answer> answers) {
    double[] sum = new double[answers.get(0).state().others().length];
    for (int part = 0; part < parts.number(); part++) {
      float[] own = answers.get(part).state().others();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += own[i] * parts.share(part);
      }
    }
    float[] mean = new float[sum.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) sum[i];
    }
    return mean;
  }

  @Override
  public List<Gaussians> sites() {
    return merger.sites();
  }

  @Override
  public void resume(List<Gaussians> sites) {
    merger.resume(sites);
  }
}
