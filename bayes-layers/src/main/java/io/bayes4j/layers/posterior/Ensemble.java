package io.bayes4j.layers.posterior;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.ModelAccess;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.predict.PreparedPredictor;
import io.bayes4j.layers.train.DivergedException;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.Kl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Networks of one architecture that were trained apart, from their own initial weights and orders
 * of the data, and predict as one (Lakshminarayanan, Pritzel and Blundell 2017).
 *
 * <pre>{@code
 * Ensemble ensemble =
 *     Ensemble.train(
 *         5,
 *         1,
 *         seed -> Zoo.mlp(LayerFactory.deterministic(Init.seeded(seed)), 784, 100, 10),
 *         model -> Trainer.of(model, Losses.crossEntropy(), data).epochs(5));
 * Prediction prediction = ensemble.classify(images);
 * }</pre>
 *
 * <p>A plain member is one draw of the prediction; a Bayesian member gives several. Immutable;
 * several threads may predict with one.
 */
public final class Ensemble implements Predictor {
  private static final int BAYESIAN_SAMPLES = 10;

  private final List<Layer> members;
  private final List<MonteCarlo> predictors;

  private Ensemble(List<Layer> members, List<MonteCarlo> predictors) {
    this.members = members;
    this.predictors = predictors;
  }

  /**
   * An ensemble of trained models. Each predicts with one draw if it is plain, with 10 if it is
   * Bayesian.
   *
   * @throws IllegalArgumentException if there is none, a model is there twice, or the names and
   *     shapes of their weights differ
   */
  public static Ensemble of(List<? extends Layer> members) {
    Require.elements(members, "members");
    List<Layer> all = List.copyOf(members);
    Require.argument(!all.isEmpty(), "members must not be empty");
    requireAlike(all);
    List<MonteCarlo> predictors = new ArrayList<>();
    for (int k = 0; k < all.size(); k++) {
      Layer member = all.get(k);
      predictors.add(
          isBayesian(member)
              ? MonteCarlo.of(member).samples(BAYESIAN_SAMPLES).seed(k)
              : MonteCarlo.atMean(member));
    }
    return new Ensemble(all, List.copyOf(predictors));
  }

  /**
   * Trains an ensemble, one member after the other. Member k is what a run alone would give with
   * the seed {@code seed + k} for its initial weights and its training.
   *
   * @param members number of networks; 5 are usual
   * @param seed of the first member
   * @param model makes an untrained network with initial weights that follow from a seed
   * @param run describes the training of a network; its seed is set here
   * @throws IllegalArgumentException if members is not above zero, or the models differ in the
   *     names and shapes of their weights
   * @throws DivergedException if a member's loss or gradient is not finite
   * @throws IOException if a checkpoint of a run cannot be written or read
   */
  public static Ensemble train(
      int members,
      long seed,
      LongFunction<? extends Layer> model,
      Function<Layer, Trainer.Builder> run)
      throws IOException {
    Require.nonNull(model, "model");
    Require.nonNull(run, "run");
    Require.positive((long) members, "members");
    List<Layer> all = new ArrayList<>();
    for (int k = 0; k < members; k++) {
      all.add(model.apply(seed + k));
    }
    Ensemble ensemble = of(all);
    for (int k = 0; k < members; k++) {
      run.apply(all.get(k)).seed(seed + k).build().fit();
    }
    return ensemble;
  }

  /**
   * Reads an ensemble that {@link #save} wrote.
   *
   * @param model makes a network of the members' architecture, a new one with each call
   * @throws IOException if the file cannot be read or is malformed
   * @throws IllegalArgumentException if the file holds no ensemble, or one of another architecture
   */
  public static Ensemble load(Path file, Supplier<? extends Layer> model) throws IOException {
    Require.nonNull(file, "file");
    Require.nonNull(model, "model");
    return EnsembleFile.load(file, model);
  }

  /**
   * Writes the members' states into one safetensors file, under a temporary name first: the arrays
   * of member k are named {@code member.k.}, then as in {@link StateDict}.
   *
   * @throws IOException if the file cannot be written; an older one is then left as it was
   */
  public void save(Path file) throws IOException {
    Require.nonNull(file, "file");
    ModelAccess.reading(
        members,
        () -> {
          EnsembleFile.save(file, members);
          return file;
        });
  }

  /** The networks. */
  public List<Layer> members() {
    return members;
  }

  /**
   * The same with another number of draws of each Bayesian member.
   *
   * @throws IllegalArgumentException if it is not above zero, or the members are plain, so that
   *     their draws would be equal
   */
  @CheckReturnValue
  public Ensemble samplesPerMember(int number) {
    Require.positive((long) number, "samplesPerMember");
    Require.argument(
        number == 1 || isBayesian(members.get(0)),
        "samplesPerMember must be 1 for plain members, got %d",
        number);
    return with(member -> member.samples(number));
  }

  /**
   * The same with another number of examples at a time, which changes memory and speed alone.
   *
   * @throws IllegalArgumentException if it is not above zero
   */
  @CheckReturnValue
  public Ensemble batchSize(int number) {
    return with(member -> member.batchSize(number));
  }

  private Ensemble with(Function<MonteCarlo, MonteCarlo> change) {
    return new Ensemble(members, predictors.stream().map(change).toList());
  }

  /**
   * What every member returns for every one of its draws.
   *
   * @return [members * draws, N, ...], member after member
   */
  @Override
  public INDArray outputs(INDArray x) {
    Require.open(x, "x");
    return ModelAccess.reading(
        members,
        () -> {
          StackedDraws all = new StackedDraws(predictors.size());
          predictors.forEach(member -> all.add(member.outputs(x)));
          return all.all();
        });
  }

  /** The same for serving: see {@link MonteCarlo#prepared()}. */
  public PreparedPredictor prepared() {
    return PreparedPredictor.joined(predictors.stream().map(MonteCarlo::prepared).toList());
  }

  /**
   * The same for serving, warmed up: see {@link MonteCarlo#prepared(long...)}.
   *
   * @param exampleShape lengths of the axes of an example, without that which counts examples
   * @throws IllegalArgumentException if a length is not above zero, or they do not fit the members
   */
  public PreparedPredictor prepared(long... exampleShape) {
    return prepared().warmedUp(exampleShape);
  }

  private static boolean isBayesian(Layer model) {
    return !Kl.distributions(model).isEmpty()
        || Layers.of(model).stream().anyMatch(place -> place.layer().drawsWeights());
  }

  private static void requireAlike(List<Layer> members) {
    Map<String, String> first = shapes(members.get(0));
    for (int k = 1; k < members.size(); k++) {
      Layer member = members.get(k);
      Require.argument(
          members.indexOf(member) == k,
          "member %d is the object that member %d is",
          k,
          members.indexOf(member));
      Map<String, String> own = shapes(member);
      Require.argument(
          own.equals(first),
          "members must have weights of the same names and shapes, got %s in member %d and %s in"
              + " member 0",
          own,
          k,
          first);
    }
  }

  private static Map<String, String> shapes(Layer model) {
    Map<String, String> shapes = new LinkedHashMap<>();
    StateDict.of(model).forEach((name, array) -> shapes.put(name, Arrays.toString(array.shape())));
    return shapes;
  }
}
