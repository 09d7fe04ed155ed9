package io.bayes4j.benchmarks;

import io.bayes4j.core.kernels.IntegerKernels;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.PreparedConv;
import io.bayes4j.core.kernels.PreparedLinear;
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
    timed = proxy(KernelProvider.class, provider);
  }

  private <T> T proxy(Class<T> type, T kernels) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> time(kernels, method, arguments)));
  }

  private Object time(Object kernels, Method method, Object[] arguments) throws Throwable {
    long start = System.nanoTime();
    try {
      Object result = method.invoke(kernels, arguments);
      if (result instanceof IntegerKernels integers) {
        return proxy(IntegerKernels.class, integers);
      }
      if (result instanceof PreparedLinear prepared) {
        return timed(prepared);
      }
      return result instanceof PreparedConv prepared ? timed(prepared) : result;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      boolean kernel = method.getParameterCount() > 1 || method.getReturnType() == INDArray.class;
      if (kernel) {
        addSince(start, method.getName());
      }
    }
  }

  private PreparedConv timed(PreparedConv prepared) {
    return (x, epilogue) -> {
      long start = System.nanoTime();
      try {
        return prepared.conv(x, epilogue);
      } finally {
        addSince(start, "conv");
      }
    };
  }

  private PreparedLinear timed(PreparedLinear prepared) {
    return x -> {
      long start = System.nanoTime();
      try {
        return prepared.linear(x);
      } finally {
        addSince(start, "linear");
      }
    };
  }

  private synchronized void addSince(long start, String name) {
    nanoseconds.merge(name, System.nanoTime() - start, Long::sum);
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
