package io.bayes4j.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LayerChange;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Layers.Located;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.VariationalLayer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What conversion promises of any network. */
class ConversionPropertyTest {
  private static final int TRIES = 60;
  private static final Var X =
      Var.constant(Samples.normals(3, 2, RandomModels.STEPS, RandomModels.WIDTH));

  @Provide
  Arbitrary<Long> seeds() {
    return RandomModels.seeds();
  }

  private static double[] mean(Layer model) {
    return Doubles.of(model.forward(X, Pass.mean()).value());
  }

  /** Copies of all arrays but priors, by name. */
  private static Map<String, double[]> state(Layer model) {
    Map<String, double[]> all = new LinkedHashMap<>();
    StateDict.of(model).forEach((name, array) -> all.put(name, Doubles.of(array)));
    return all;
  }

  private static void assertSame(Map<String, double[]> actual, Map<String, double[]> expected) {
    assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
    expected.forEach((name, numbers) -> assertThat(actual.get(name)).as(name).isEqualTo(numbers));
  }

  private static Map<String, Boolean> trainable(Layer model) {
    Map<String, Boolean> all = new LinkedHashMap<>();
    Layers.parameters(model).forEach((name, p) -> all.put(name, p.trainable()));
    return all;
  }

  /** Where every layer is, by the number of its first occurrence: equal numbers are ties. */
  private static List<String> ties(Layer model) {
    IdentityHashMap<Layer, Integer> numbers = new IdentityHashMap<>();
    List<String> all = new ArrayList<>();
    for (Located place : Layers.of(model)) {
      numbers.put(place.layer(), numbers.size());
    }
    for (Located place : Layers.of(model)) {
      for (Slot<?> slot : place.layer().slots()) {
        all.add(place.child(slot.name()) + "=" + numbers.get(slot.layer()));
      }
    }
    return all;
  }

  @Property(tries = TRIES)
  void atTheMeanItComputesWhatItDidAndTiesBuffersAndFrozenWeightsAreKept(
      @ForAll("seeds") long seed, @ForAll Estimator estimator, @ForAll boolean moped) {
    Layer model = RandomModels.plain(seed);
    double[] y = mean(model);
    List<String> ties = ties(model);
    Map<String, double[]> before = state(model);
    Map<String, Boolean> trainable = trainable(model);

    Layer bayesian = DnnToBnn.convert(model, RandomModels.options(estimator, moped)).model();

    assertThat(mean(bayesian)).isEqualTo(y);
    assertThat(ties(bayesian)).isEqualTo(ties);
    Set<String> weights = Kl.distributions(bayesian).keySet();
    Map<String, Parameter> parameters = Layers.parameters(bayesian);
    Map<String, double[]> after = state(bayesian);
    before.forEach(
        (name, numbers) -> {
          String now = weights.contains(name) ? name + ".mu" : name;
          assertThat(after.get(now)).as(now).isEqualTo(numbers);
          if (trainable.containsKey(name)) {
            assertThat(parameters.get(now).trainable()).as(now).isEqualTo(trainable.get(name));
          }
          if (weights.contains(name)) {
            assertThat(parameters.get(name + ".rho").trainable()).isEqualTo(trainable.get(name));
          }
        });
    assertThat(parameters).hasSize(trainable.size() + weights.size());
  }

  @Property(tries = TRIES)
  void aSecondConversionChangesNothing(
      @ForAll("seeds") long seed, @ForAll Estimator first, @ForAll Estimator second) {
    Layer model =
        DnnToBnn.convert(RandomModels.mixed(seed), RandomModels.options(first, true)).model();
    List<Located> before = Layers.of(model);
    Map<String, double[]> state = state(model);

    Conversion again = DnnToBnn.convert(model, RandomModels.options(second, false));

    assertThat(again.model()).isSameAs(model);
    assertThat(again.report().with(ConversionReport.Outcome.CONVERTED)).isEmpty();
    assertThat(Layers.of(model)).isEqualTo(before);
    assertSame(state(model), state);
  }

  @Property(tries = TRIES)
  void freezingGivesTheOriginalStateBack(@ForAll("seeds") long seed, @ForAll Estimator estimator) {
    Layer model = RandomModels.plain(seed);
    Map<String, double[]> state = state(model);
    Map<String, Boolean> trainable = trainable(model);
    List<String> ties = ties(model);
    List<String> kinds = kinds(model);
    Layer bayesian = DnnToBnn.convert(model, RandomModels.options(estimator, true)).model();

    Layer frozen = BnnToDnn.freeze(bayesian);

    assertSame(state(frozen), state);
    assertThat(trainable(frozen)).isEqualTo(trainable);
    assertThat(ties(frozen)).isEqualTo(ties);
    assertThat(kinds(frozen)).isEqualTo(kinds);
  }

  private static List<String> kinds(Layer model) {
    return Layers.of(model).stream()
        .map(place -> place.path() + " " + place.layer().getClass().getSimpleName())
        .toList();
  }

  @Property(tries = TRIES)
  void theDivergenceCountsEachWeightOnce(@ForAll("seeds") long seed, @ForAll Estimator estimator) {
    Layer model =
        DnnToBnn.convert(RandomModels.mixed(seed), RandomModels.options(estimator, false)).model();
    Set<VariationalParameter> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Located place : Layers.of(model)) {
      if (place.layer() instanceof VariationalLayer layer) {
        distinct.addAll(layer.distributions().values());
      }
    }
    double sum = distinct.stream().mapToDouble(w -> w.kl(Noise.seeded(0)).item()).sum();
    assertThat(Kl.value(model)).isCloseTo(sum, within(1e-5 * sum + 1e-9));
  }

  @Property(tries = TRIES)
  void theReportHasOneEntryForEachLayerWithWeights(
      @ForAll("seeds") long seed, @ForAll Estimator estimator) {
    Layer model = RandomModels.mixed(seed);
    List<String> paths =
        Layers.of(model).stream()
            .filter(place -> !place.layer().parameters().isEmpty())
            .map(Located::path)
            .toList();
    ConversionReport report =
        DnnToBnn.convert(model, RandomModels.options(estimator, false)).report();
    assertThat(report.entries()).extracting(LayerChange::path).isEqualTo(paths);
  }

  @Property(tries = TRIES)
  void theOriginalArraysAreNotShared(@ForAll("seeds") long seed, @ForAll boolean moped) {
    Layer model = RandomModels.plain(seed);
    List<INDArray> originals =
        Layers.parameters(model).values().stream().map(Parameter::value).toList();
    Layer bayesian =
        DnnToBnn.convert(model, RandomModels.options(Estimator.FLIPOUT, moped)).model();
    Map<String, double[]> before = state(bayesian);
    Set<String> kept = StateDict.of(bayesian).keySet();
    Set<INDArray> own = Collections.newSetFromMap(new IdentityHashMap<>());
    kept.forEach(name -> own.add(StateDict.of(bayesian).get(name)));
    originals.stream().filter(array -> !own.contains(array)).forEach(array -> array.assign(9));
    assertSame(state(bayesian), before);
  }
}
