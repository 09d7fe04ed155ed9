package io.bayes4j.core.ops;

import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.KernelProvider;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Records which kernels are asked for, and has another provider compute them. */
public final class CountingProvider {
  private final KernelProvider delegate;
  private final List<String> calls = new ArrayList<>();
  private final List<Epilogue> epilogues = new ArrayList<>();

  public CountingProvider(KernelProvider delegate) {
    this.delegate = delegate;
  }

  public List<String> calls() {
    return List.copyOf(calls);
  }

  /** What the kernels were to do with their results, one after the other. */
  public List<Epilogue> epilogues() {
    return List.copyOf(epilogues);
  }

  public KernelProvider proxy() {
    return (KernelProvider)
        Proxy.newProxyInstance(
            KernelProvider.class.getClassLoader(),
            new Class<?>[] {KernelProvider.class},
            (proxy, method, arguments) -> call(method, arguments));
  }

  private Object call(Method method, Object... arguments) throws Throwable {
    if (method.getReturnType() != boolean.class) {
      calls.add(method.getName());
      Stream.ofNullable(arguments)
          .flatMap(Arrays::stream)
          .filter(Epilogue.class::isInstance)
          .map(Epilogue.class::cast)
          .forEach(epilogues::add);
    }
    try {
      return method.invoke(delegate, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
