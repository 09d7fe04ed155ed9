package io.bayes4j.core.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.norm.Normalizations;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A kernel of one's own: one class, which nothing in the library has to know. */
class OwnKernelTest {
  private final List<String> own = new ArrayList<>();

  /** The usual kernels, but for one: factors of channels are multiplied by a loop of ours. */
  private KernelProvider provider() {
    KernelProvider usual = Kernels.provider();
    return (KernelProvider)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {KernelProvider.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("channelScale")) {
                own.add(method.getName());
                return scaled((INDArray) arguments[0], (INDArray) arguments[1]);
              }
              try {
                return method.invoke(usual, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static INDArray scaled(INDArray x, INDArray factors) {
    float[] numbers = x.dup('c').data().asFloat();
    float[] by = factors.dup('c').data().asFloat();
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] *= by[i];
    }
    return Detached.of(numbers, x.shape());
  }

  @Test
  void operationsAndTheirGradientsUseIt() {
    Parameter x = new Parameter(Detached.of(new float[] {1, 2, 3, 4}, 2, 2));
    INDArray factors = Detached.of(new float[] {1, -1, -1, 1}, 2, 2);
    Gradients gradients =
        Kernels.with(
            provider(),
            () -> {
              Var y = Normalizations.scaleChannels(x.var(), factors);
              assertThat(y.value().data().asFloat()).containsExactly(1, -2, -3, 4);
              return Gradients.of(Ops.sum(y));
            });
    assertThat(gradients.get(x).data().asFloat()).containsExactly(1, -1, -1, 1);
    assertThat(own).containsExactly("channelScale", "channelScale");
  }
}
