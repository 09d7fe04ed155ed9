package io.bayes4j.layers.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.ops.conv.Convolutions;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.NativeMemory;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.variational.Conv2dFlipout;
import io.bayes4j.layers.variational.Conv2dReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Kernels that all pieces of a prediction share. */
class SharedKernelsTest {
  private static final ConvSpec CONV = ConvSpec.conv2d(4, 4, 3).withPadding(1);
  private static final VariationalSpec WIDE = VariationalSpec.defaults().withInitialSigma(0.3);

  private final int threads = Parallel.threads();
  private final BatchNorm2d norm = new BatchNorm2d(4);
  private final Conv2d plain = new Conv2d(CONV, Init.seeded(3));

  @AfterEach
  void restoreThreads() {
    Parallel.setThreads(threads);
  }

  private static INDArray images(int n) {
    return Noise.seeded(2).normals(n, 4, 6, 6);
  }

  /** A Bayesian and a plain convolution, both normalised, and other layers behind them. */
  private Sequential model(Layer... behind) {
    norm.buffers().get("running_mean").assign(Noise.seeded(4).normals(4));
    norm.buffers().get("running_var").assign(0.5);
    List<Layer> all = new ArrayList<>();
    all.add(new Conv2dReparameterization(CONV, WIDE, Init.seeded(1)));
    all.add(norm);
    all.add(Activation.RELU);
    all.add(plain);
    all.add(new BatchNorm2d(4));
    all.add(Activation.RELU);
    all.addAll(List.of(behind));
    all.add(new Flatten());
    all.add(new Linear(144, 3, Init.seeded(5)));
    return Sequential.of(all.toArray(Layer[]::new));
  }

  /** One pass after the other, nothing shared. */
  private static double[] plainLoop(Layer model, INDArray x, int samples, int batchSize) {
    Noise noise = Noise.seeded(0).split("predict");
    List<INDArray> outputs = new ArrayList<>();
    for (int s = 0; s < samples; s++) {
      for (long from = 0; from < x.size(0); from += batchSize) {
        long to = Math.min(x.size(0), from + batchSize);
        Var batch = Var.constant(x.get(NDArrayIndex.interval(from, to)).dup('c'));
        Pass pass = Pass.sample(noise.split(s)).forExamplesFrom(from);
        outputs.add(Gradients.off(() -> pass.run(model, batch).value().dup('c')));
      }
    }
    return Doubles.of(Nd4j.concat(0, outputs.toArray(INDArray[]::new)));
  }

  private static void assertAsInThePlainLoop(Layer model) {
    for (int batchSize : new int[] {3, 10}) {
      double[] expected = plainLoop(model, images(10), 4, batchSize);
      INDArray y = MonteCarlo.of(model).samples(4).batchSize(batchSize).outputs(images(10));
      assertThat(Doubles.of(y)).containsExactly(expected, within(1e-5));
    }
  }

  @Test
  void changeNoSample() {
    assertAsInThePlainLoop(model());
    assertAsInThePlainLoop(model(new Conv2dFlipout(CONV, WIDE, Init.seeded(6)), norm));
  }

  @Test
  void arePreparedOnceForAllPieces() {
    AtomicInteger prepared = new AtomicInteger();
    KernelProvider counting = countingPreparations(prepared);
    MonteCarlo predictor = MonteCarlo.of(model()).samples(5).batchSize(2);
    for (int count : new int[] {1, 3}) {
      Parallel.setThreads(count);
      prepared.set(0);
      Kernels.with(counting, () -> predictor.outputs(images(12)));
      assertThat(prepared).as("5 draws, and one kernel that is not drawn").hasValue(5 + 1);
    }
  }

  private static KernelProvider countingPreparations(AtomicInteger count) {
    KernelProvider provider = Kernels.provider();
    return (KernelProvider)
        Proxy.newProxyInstance(
            KernelProvider.class.getClassLoader(),
            new Class<?>[] {KernelProvider.class},
            (proxy, method, arguments) -> {
              if ("prepareConv".equals(method.getName())) {
                count.incrementAndGet();
              }
              return invoke(provider, method, arguments);
            });
  }

  private static Object invoke(KernelProvider provider, Method method, Object... arguments)
      throws Throwable {
    try {
      return method.invoke(provider, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @Test
  void followParametersThatChangeBetweenPredictions() {
    Sequential model = model();
    MonteCarlo predictor = MonteCarlo.of(model).samples(2).batchSize(4);
    double[] before = Doubles.of(predictor.outputs(images(8)));
    plain.parameters().get("weight").assign(Noise.seeded(7).normals(4, 4, 3, 3));
    norm.buffers().get("running_mean").assign(0.25);
    norm.parameters().get("weight").assign(Noise.seeded(8).normals(4));
    double[] after = Doubles.of(predictor.outputs(images(8)));
    assertThat(after).isNotEqualTo(before);
    assertThat(after).containsExactly(plainLoop(model, images(8), 2, 4), within(1e-5));
  }

  /** The arena hands the same array out for each of them, with other numbers. */
  @Test
  void thatALayerMakesForEachPassAreNotTakenForEachOther() {
    ConvGeometry same =
        new ConvGeometry(List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);
    Layer making =
        (x, pass) -> {
          INDArray kernel = Arena.allocate(4, 4, 3, 3);
          pass.noise().fillNormals(kernel, 0);
          kernel.muli(1 + pass.firstExample());
          return Convolutions.conv(x, Var.constant(kernel), null, same);
        };
    assertAsInThePlainLoop(model(making, norm, Activation.RELU));
  }

  @Test
  void leaveNoMemoryBehind() {
    MonteCarlo predictor = MonteCarlo.of(model()).samples(2).batchSize(2);
    INDArray x = images(4);
    NativeMemory.assertSteady(300, 2000, () -> predictor.outputs(x));
  }
}
