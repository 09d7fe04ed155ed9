package io.bayes4j.onednn;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Scratch;
import io.bayes4j.core.kernels.FlipoutWeights;
import io.bayes4j.core.kernels.KernelProvider.FlipoutGradients;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The weights of each example, formed in the order that a primitive wants. */
final class ExampleWeights {
  private final WeightOrder order;
  private final float[][] mean;
  private final float[][] perturbation;
  private final float[] meanBias;
  private final float[] perturbationBias;
  private final FloatMemory inputFactors;
  private final FloatMemory outputFactors;
  private final ConcurrentLinkedDeque<Desk> idle = new ConcurrentLinkedDeque<>();

  /** As many desks as threads may want one; made by the caller, whose arena their memory is of. */
  ExampleWeights(WeightOrder order, FlipoutWeights w) {
    int units = Math.toIntExact(w.outputFactors().size(1));
    int channels = Math.toIntExact(w.inputFactors().size(1));
    this.order = order;
    mean = order.order(w.mean());
    perturbation = order.order(w.perturbation());
    meanBias = vector(w.meanBias(), units);
    perturbationBias = vector(w.perturbationBias(), units);
    inputFactors = FloatMemory.of(Layout.ROW_MAJOR.ensure(w.inputFactors()), "inputFactors");
    outputFactors = FloatMemory.of(Layout.ROW_MAJOR.ensure(w.outputFactors()), "outputFactors");
    for (int i = 0; i < Parallel.threads(); i++) {
      idle.add(new Desk(units, channels));
    }
  }

  /** Zeros for a missing bias. */
  private static float[] vector(@Nullable INDArray bias, int units) {
    float[] values = new float[units];
    if (bias != null) {
      FloatMemory.of(Layout.ROW_MAJOR.ensure(bias), "bias").read(0, values, units);
    }
    return values;
  }

  /** A desk for the calling thread, which closes it. */
  Desk open() {
    return idle.removeFirst();
  }

  /** Memory for the weights of one example at a time. */
  final class Desk implements AutoCloseable {
    private final INDArray kernelArray = Arena.allocate(order.length());
    private final INDArray biasArray;
    private final FloatMemory kernel = FloatMemory.of(kernelArray, "kernel");
    private final FloatMemory bias;
    private final float[] ofUnits;
    private final float[] ofChannels;
    private final float[] ownBias;
    private final float[] pattern = new float[order.pairs()];

    private Desk(int units, int channels) {
      biasArray = Arena.allocate(units);
      bias = FloatMemory.of(biasArray, "bias");
      ofUnits = new float[units];
      ofChannels = new float[channels];
      ownBias = new float[units];
    }

    /** Where the kernel of the example is. */
    long kernel() {
      return Plan.address(kernelArray);
    }

    /** Where the bias of the example is. */
    long bias() {
      return Plan.address(biasArray);
    }

    /** Forms the kernel and the bias of an example. */
    void form(long example) {
      readFactors(example);
      multiplyAdd(perturbationBias, ofUnits, meanBias, ownBias, ownBias.length);
      bias.write(0, ownBias, ownBias.length);
      try (Scratch scratch = Scratch.open()) {
        float[] factors = scratch.array();
        float[] own = scratch.array();
        for (int chunk = 0; chunk < order.chunks(); chunk++) {
          int n = order.length(chunk);
          order.spread(pattern, chunk, factors);
          multiplyAdd(perturbation[chunk], factors, mean[chunk], own, n);
          kernel.write((long) chunk * WeightOrder.CHUNK, own, n);
        }
      }
    }

    /** Adds the gradient of an example's kernel, which is where the kernel was, to sums. */
    void addTo(Sums sums, long example) {
      readFactors(example);
      try (Scratch scratch = Scratch.open()) {
        float[] factors = scratch.array();
        float[] gradient = scratch.array();
        for (int chunk = 0; chunk < order.chunks(); chunk++) {
          int n = order.length(chunk);
          order.spread(pattern, chunk, factors);
          kernel.read((long) chunk * WeightOrder.CHUNK, gradient, n);
          add(gradient, sums.mean[chunk], n);
          addProduct(gradient, factors, sums.perturbation[chunk], n);
        }
      }
    }

    private void readFactors(long example) {
      outputFactors.read(example * ofUnits.length, ofUnits, ofUnits.length);
      inputFactors.read(example * ofChannels.length, ofChannels, ofChannels.length);
      order.multiply(ofUnits, ofChannels, pattern);
    }

    @Override
    public void close() {
      idle.addFirst(this);
    }
  }

  /** Gradients added up over examples. */
  static final class Sums {
    private final WeightOrder order;
    private final float[][] mean;
    private final float[][] perturbation;

    Sums(WeightOrder order) {
      this.order = order;
      mean = order.zeros();
      perturbation = order.zeros();
    }

    void add(Sums other) {
      for (int chunk = 0; chunk < order.chunks(); chunk++) {
        ExampleWeights.add(other.mean[chunk], mean[chunk], order.length(chunk));
        ExampleWeights.add(other.perturbation[chunk], perturbation[chunk], order.length(chunk));
      }
    }

    FlipoutGradients gradients(long[] shape) {
      return new FlipoutGradients(order.restore(mean, shape), order.restore(perturbation, shape));
    }
  }

  // Loops that C2 turns into vector instructions, see WeightOrder.

  private static void multiplyAdd(float[] a, float[] b, float[] c, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = a[i] * b[i] + c[i];
    }
  }

  private static void add(float[] values, float[] sum, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += values[i];
    }
  }

  private static void addProduct(float[] a, float[] b, float[] sum, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += a[i] * b[i];
    }
  }
}
