package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.ArenaPool;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * H as B (x) A, with B the sum of the examples' bends and A the mean of their features features':
 * exact if the bends are equal, as with Gaussian noise. The prior is added to the product's
 * eigenvalues, not to the factors', so that it stays exact.
 *
 * <p>With the eigenvectors u of B and v of A, the variance of output k for features f is the sum
 * over i and j of u_ik^2 (v_j'f)^2 / (b_i a_j + precision): two products of matrices.
 */
final class KroneckerCurvature implements Curvature {
  private static final ArenaPool ARENAS = new ArenaPool();

  private final double[] outputs;
  private final INDArray outputVectors;
  private final double[] inputs;
  private final INDArray inputVectors;

  /** Row i of the vectors belongs to value i. */
  KroneckerCurvature(
      double[] outputs, INDArray outputVectors, double[] inputs, INDArray inputVectors) {
    this.outputs = outputs;
    this.outputVectors = outputVectors;
    this.inputs = inputs;
    this.inputVectors = inputVectors;
  }

  @Override
  public double[] eigenvalues() {
    int perUnit = inputs.length;
    double[] values = new double[outputs.length * perUnit];
    Arrays.setAll(values, i -> outputs[i / perUnit] * inputs[i % perUnit]);
    return values;
  }

  @Override
  public INDArray deviations(INDArray normals, double precision) {
    INDArray all = Matrices.create(normals.shape());
    FloatMemory memory = FloatMemory.of(all, "deviations");
    float[] roots = roots(precision);
    // A draw is one thread's, so that its numbers do not depend on how many threads there are.
    Parallel.forRange(
        normals.size(0),
        1,
        (from, to) -> {
          for (long s = from; s < to; s++) {
            INDArray z =
                Detached.reshape(normals.get(NDArrayIndex.point(s)), outputs.length, inputs.length);
            float[] root = ARENAS.scope(arena -> root(z, roots));
            memory.write(s * roots.length, root, roots.length);
          }
        });
    return all;
  }

  /** Roots of the variances along the eigenvectors. */
  private float[] roots(double precision) {
    float[] roots = new float[outputs.length * inputs.length];
    for (int at = 0; at < roots.length; at++) {
      double value = outputs[at / inputs.length] * inputs[at % inputs.length] + precision;
      roots[at] = (float) (1 / Math.sqrt(value));
    }
    return roots;
  }

  /** The symmetric root of the covariance times one draw, [units, perUnit]. */
  private float[] root(INDArray z, float[] roots) {
    INDArray half = Kernels.matmul(outputVectors, false, z, false);
    INDArray coordinates = Kernels.matmul(half, false, inputVectors, true);
    FloatMemory memory = FloatMemory.of(coordinates, "coordinates");
    float[] numbers = new float[roots.length];
    memory.read(0, numbers, numbers.length);
    for (int at = 0; at < numbers.length; at++) {
      numbers[at] *= roots[at];
    }
    memory.write(0, numbers, numbers.length);
    half = Kernels.matmul(coordinates, false, inputVectors, false);
    INDArray root = Kernels.matmul(outputVectors, true, half, false);
    FloatMemory.of(root, "root").read(0, numbers, numbers.length);
    return numbers;
  }

  @Override
  public INDArray variances(INDArray features, double precision, boolean centred) {
    INDArray along = along(features, precision);
    INDArray shares = Matrices.squares(centred ? centredVectors() : outputVectors);
    return Kernels.matmul(along, false, shares, false);
  }

  /** Variances along the eigenvectors of the outputs, [N, units]. */
  private INDArray along(INDArray features, double precision) {
    INDArray projections = Kernels.matmul(features, false, inputVectors, true);
    Matrices.map(projections, (value, index) -> value * value);
    int perUnit = inputs.length;
    INDArray variances =
        Matrices.map(
            Matrices.create(outputs.length, perUnit),
            (z, i) -> 1 / (outputs[(int) (i / perUnit)] * inputs[(int) (i % perUnit)] + precision));
    return Kernels.matmul(projections, false, variances, true);
  }

  /** Each less its mean, and scaled for the variance to be K / (K - 1) times. */
  private INDArray centredVectors() {
    int units = outputs.length;
    double[] vectors = Matrices.doubles(outputVectors);
    double[] means = new double[units];
    for (int at = 0; at < vectors.length; at++) {
      means[at / units] += vectors[at] / units;
    }
    double scale = Math.sqrt(units / (units - 1.0));
    return Matrices.map(
        Matrices.create(units, units),
        (z, i) -> scale * (vectors[(int) i] - means[(int) (i / units)]));
  }

  @Override
  public INDArray covariances(INDArray features, double precision) {
    INDArray along = along(features, precision);
    int units = outputs.length;
    INDArray all = Matrices.create(features.size(0), units, units);
    for (long n = 0; n < features.size(0); n++) {
      double[] scales = Matrices.doubles(along.get(NDArrayIndex.point(n)));
      INDArray scaled =
          Matrices.map(
              Matrices.copy(outputVectors), (value, i) -> value * scales[(int) (i / units)]);
      Detached.copy(
          Kernels.matmul(outputVectors, true, scaled, false), all.get(NDArrayIndex.point(n)));
    }
    return all;
  }

  @Override
  public Map<String, INDArray> arrays() {
    Map<String, INDArray> all = new LinkedHashMap<>();
    Matrices.put("outputs", outputs, outputVectors, all);
    Matrices.put("inputs", inputs, inputVectors, all);
    return all;
  }

  /** Its sum. */
  static final class Sum implements CurvatureSum {
    private final int units;
    private final int perUnit;
    private double[] coupling;
    private final double[] diagonal;
    private double[] features;
    private long examples;

    Sum(int units, int perUnit) {
      this.units = units;
      this.perUnit = perUnit;
      this.coupling = new double[Math.multiplyExact(units, units)];
      this.diagonal = new double[units];
      this.features = new double[Math.multiplyExact(perUnit, perUnit)];
    }

    @Override
    public void add(RowSums.Rows rows, Bends bends) {
      RowSums.addToUpper(rows, rows, new RowSums.Place(features, 0, perUnit));
      for (int at = 0; at < bends.diagonal().length; at++) {
        diagonal[at % units] += bends.diagonal()[at];
      }
      if (bends.coupling() != null) {
        RowSums.Rows vectors = new RowSums.Rows(bends.coupling(), units);
        RowSums.addToUpper(vectors, vectors, new RowSums.Place(coupling, 0, units));
      }
      examples += rows.count();
    }

    @Override
    public KroneckerCurvature curvature() {
      for (int at = 0; at < coupling.length; at++) {
        coupling[at] = (at / units == at % units ? diagonal[at % units] : 0) - coupling[at];
      }
      for (int at = 0; at < features.length; at++) {
        features[at] /= examples;
      }
      RowSums.mirror(coupling, units);
      RowSums.mirror(features, perUnit);
      SymmetricEigen b = SymmetricEigen.of(coupling, units);
      coupling = new double[0];
      INDArray outputVectors = Matrices.floats(b.vectors(), units, units);
      double[] outputs = b.values();
      SymmetricEigen a = SymmetricEigen.of(features, perUnit);
      features = new double[0];
      return new KroneckerCurvature(
          outputs, outputVectors, a.values(), Matrices.floats(a.vectors(), perUnit, perUnit));
    }
  }
}
