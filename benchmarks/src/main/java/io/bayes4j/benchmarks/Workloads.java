package io.bayes4j.benchmarks;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Recurrent;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.LstmFlipout;
import io.bayes4j.layers.variational.LstmReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import io.bayes4j.quant.QuantizationOptions;
import io.bayes4j.quant.Quantizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The peer's workloads: all inputs random normal, in F32 and, with the suffix .bf16, in BF16, with
 * .int8 predictions in 8-bit integers; Adam at 0.001; the loss is cross entropy, of a recurrent
 * layer the mean square of the last step's output, plus KL over the batch size.
 */
final class Workloads {
  private static final int MILLION = 1 << 20;
  private static final int BATCHES = 8;
  private static final String DETERMINISTIC = "det";
  private static final Noise NOISE = Noise.seeded(7);

  private Workloads() {}

  static List<Workload> all() {
    List<Workload> all = new ArrayList<>();
    network(all, "mlp", f -> Zoo.mlp(f, 784, 400, 400, 10), 10, 60, 128, 784);
    network(all, "scnn", Zoo::mnistCnn, 10, 9, 256, 1, 28, 28);
    recurrent(
        all, "lstm-reparam", spec -> new LstmReparameterization(32, 64, spec, Init.seeded(1)));
    recurrent(all, "lstm-flipout", spec -> new LstmFlipout(32, 64, spec, Init.seeded(1)));
    network(all, "resnet20", f -> Zoo.cifarResNet(f, 20, 10), 10, 5, 128, 3, 32, 32);
    network(all, "resnet18", f -> Zoo.imageNetResNet(f, 18, 1000), 1000, 3, 16, 3, 224, 224);
    all.add(new Workload("sample-1m", 200, 101, Workloads::sample));
    all.add(new Workload("kl-1m", 200, 101, Workloads::kl));
    return all;
  }

  private static Map<String, Function<Init, LayerFactory>> flavours() {
    Map<String, Function<Init, LayerFactory>> flavours = new LinkedHashMap<>();
    flavours.put(DETERMINISTIC, LayerFactory::deterministic);
    flavours.put("reparam", init -> bayesian(Estimator.REPARAMETERIZATION, init));
    flavours.put("flipout", init -> bayesian(Estimator.FLIPOUT, init));
    return flavours;
  }

  private static LayerFactory bayesian(Estimator estimator, Init init) {
    return LayerFactory.variational(estimator, VariationalSpec.defaults(), init);
  }

  private static void network(
      List<Workload> all,
      String name,
      Function<LayerFactory, Layer> architecture,
      int classes,
      int runs,
      long... inputShape) {
    flavours()
        .forEach(
            (flavour, factory) -> {
              Supplier<Layer> model = () -> architecture.apply(factory.apply(Init.seeded(1)));
              List<INDArray> batches = batches(inputShape);
              INDArray x = batches.get(0);
              for (Precision precision : Precision.values()) {
                String suffix = precision == Precision.F32 ? "" : ".bf16";
                all.add(
                    new Workload(
                        name + "-" + flavour + ".train" + suffix,
                        runs,
                        runs,
                        () -> TrainStep.classifier(model.get(), batches, classes, precision)));
                all.add(
                    new Workload(
                        name + "-" + flavour + ".mc10" + suffix,
                        Math.max(3, runs / 2),
                        Math.max(3, runs / 2),
                        () ->
                            flavour.equals(DETERMINISTIC)
                                ? samples(model.get(), x, precision)
                                : predict(model.get(), x, precision)));
              }
              if (!flavour.equals(DETERMINISTIC)) {
                int few = Math.max(3, runs / 2);
                all.add(
                    new Workload(
                        name + "-" + flavour + ".mc10.int8",
                        few,
                        few,
                        () -> predict(quantized(model.get(), x), x, Precision.F32)));
              }
            });
  }

  private static void recurrent(
      List<Workload> all, String name, Function<VariationalSpec, Recurrent> kind) {
    List<INDArray> batches = batches(64, 50, 32);
    Supplier<Recurrent> model = () -> kind.apply(VariationalSpec.defaults());
    all.add(
        new Workload(
            name + ".train",
            30,
            30,
            () -> new TrainStep(model.get(), batches, (y, batch) -> lastSquare(y), Precision.F32)));
    all.add(
        new Workload(
            name + ".mc10", 10, 10, () -> samples(model.get(), batches.get(0), Precision.F32)));
    all.add(
        new Workload(
            name + ".mc10.int8",
            10,
            10,
            () -> {
              INDArray x = batches.get(0);
              return samples(quantized(model.get(), x), x, Precision.F32);
            }));
  }

  private static List<INDArray> batches(long... shape) {
    List<INDArray> batches = new ArrayList<>();
    for (int i = 0; i < BATCHES; i++) {
      batches.add(NOISE.split(i).normals(shape));
    }
    return batches;
  }

  private static Var lastSquare(Var sequence) {
    long steps = sequence.size(1);
    return Ops.mean(Ops.square(Ops.slice(sequence, 1, steps - 1, steps)));
  }

  /** A network in 8-bit integers, calibrated on a batch. */
  private static Layer quantized(Layer model, INDArray x) {
    return Quantizer.calibrate(model, x).quantizeInPlace(QuantizationOptions.defaults()).model();
  }

  /** Ten passes one after the other: of a deterministic network the predictor would run one. */
  private static Runnable samples(Layer model, INDArray x, Precision precision) {
    Arena arena = new Arena();
    return () -> {
      for (int i = 0; i < 10; i++) {
        Pass pass = Pass.sample(NOISE.split(i)).in(precision);
        arena.scope(() -> Gradients.off(() -> pass.run(model, Var.constant(x))));
      }
    };
  }

  private static Runnable predict(Layer model, INDArray x, Precision precision) {
    MonteCarlo predictor = MonteCarlo.of(model).samples(10).precision(precision);
    return () -> predictor.classify(x).mean();
  }

  private static Runnable sample() {
    GaussianPosterior q = million();
    Arena arena = new Arena();
    return () -> arena.scope(() -> Gradients.off(() -> q.sample(NOISE)));
  }

  private static Runnable kl() {
    GaussianPosterior q = million();
    GaussianPrior prior = GaussianPrior.of(0, 1);
    Arena arena = new Arena();
    return () ->
        arena.scope(
            () -> {
              Gradients.of(prior.kl(q, NOISE)).get(q.mu());
            });
  }

  private static GaussianPosterior million() {
    INDArray rho = NOISE.split(1).normals(MILLION).subi(3);
    return GaussianPosterior.ofRho(NOISE.normals(MILLION), rho);
  }
}
