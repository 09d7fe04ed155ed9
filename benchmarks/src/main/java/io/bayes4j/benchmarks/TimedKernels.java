package io.bayes4j.benchmarks;

import io.bayes4j.core.kernels.KernelProvider;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Adds up the time that each operation of a kernel provider takes. */
final class TimedKernels {
  private final Map<String, Long> nanoseconds = new TreeMap<>();
  private final KernelProvider timed;

  TimedKernels(KernelProvider provider) {
    timed =
        (KernelProvider)
            Proxy.newProxyInstance(
                KernelProvider.class.getClassLoader(),
                new Class<?>[] {KernelProvider.class},
                (proxy, method, arguments) -> time(provider, method, arguments));
  }

  private Object time(KernelProvider provider, Method method, Object[] arguments) throws Throwable {
    long start = System.nanoTime();
    try {
      return method.invoke(provider, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      boolean kernel = method.getParameterCount() > 1 || method.getReturnType() == INDArray.class;
      if (kernel) {
        nanoseconds.merge(method.getName(), System.nanoTime() - start, Long::sum);
      }
    }
  }

  /** The provider, timed. */
  KernelProvider provider() {
    return timed;
  }

  void clear() {
    nanoseconds.clear();
  }

  /** Milliseconds by operation since {@link #clear}. */
  Map<String, Double> milliseconds() {
    Map<String, Double> all = new TreeMap<>();
    nanoseconds.forEach((name, time) -> all.put(name, time / 1e6));
    return all;
  }
}
