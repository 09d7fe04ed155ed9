package io.bayes4j.core.testing.sweep;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Calls every public constructor and method of a module with every kind of wrong argument, one at a
 * time, the others being right. Each must end in an error of the library's own that names the
 * parameter, or be allowed with a reason.
 */
public final class ArgumentSweep {
  /** Set to true to see which call ends the JVM. */
  private static final boolean TRACE = Boolean.getBoolean("bayes4j.sweep.trace");

  /** Kinds that are wrong only beside the other arguments. */
  private static final Pattern BETWEEN =
      Pattern.compile(
          "type.*|empty.*|scalar|rank 7|one more|element.*|0|-1|least|huge|most|2\\^33|-?infinite");

  private static final List<String> EDGES = List.of("0", "element 0", "most", "element most");

  /** Kinds that nothing can be done with. */
  private static final Pattern UNUSABLE = Pattern.compile("null|null .*|element null|closed");

  /** What a user can act on; everything else is an accident. */
  private static final List<Class<? extends Throwable>> NAMED =
      List.of(
          IllegalArgumentException.class,
          IllegalStateException.class,
          NullPointerException.class,
          UnsupportedOperationException.class,
          ArithmeticException.class,
          IndexOutOfBoundsException.class,
          IOException.class,
          UncheckedIOException.class);

  private final Class<?> anchor;
  private final Examples examples;
  private final Map<Pattern, String> allowed = new LinkedHashMap<>();
  private final Map<Pattern, String> left = new LinkedHashMap<>();
  private final Map<Pattern, String> otherNames = new LinkedHashMap<>();
  private final Set<Pattern> needed = new HashSet<>();
  private final List<String> findings = new ArrayList<>();
  private final Set<String> untried = new HashSet<>(EDGES);
  private final Set<String> packages = new HashSet<>();
  private final Set<String> others = new HashSet<>();
  private long seconds = 20;
  private int triples;

  /**
   * A sweep.
   *
   * @param anchor any class of the module's own classes
   */
  public ArgumentSweep(Class<?> anchor, Examples examples) {
    this.anchor = anchor;
    this.examples = examples;
  }

  /**
   * Allows calls to succeed.
   *
   * @param pattern of "Type.method(parameter) kind", where * stands for any text and | separates
   *     alternatives
   * @param reason what the argument means there
   */
  public ArgumentSweep allow(String pattern, String reason) {
    if (reason.isBlank()) {
      throw new IllegalArgumentException("reason must not be blank");
    }
    allowed.put(compile(pattern), reason);
    return this;
  }

  /**
   * Leaves members out.
   *
   * @param pattern of "Type.method"
   * @param reason why nobody calls them with something of his own
   */
  public ArgumentSweep without(String pattern, String reason) {
    if (reason.isBlank()) {
      throw new IllegalArgumentException("reason must not be blank");
    }
    left.put(compile(pattern), reason);
    return this;
  }

  /**
   * Lets messages call an argument something else.
   *
   * @param pattern as for {@link #allow}
   * @param name what they call it
   * @param reason what else has that name
   */
  public ArgumentSweep calls(String pattern, String name, String reason) {
    if (reason.isBlank()) {
      throw new IllegalArgumentException("reason must not be blank");
    }
    otherNames.put(compile(pattern), name);
    return this;
  }

  private static Pattern compile(String pattern) {
    return Pattern.compile(
        Stream.of(pattern.split("\\|"))
            .map(part -> "\\Q" + part.replace("*", "\\E.*\\Q") + "\\E")
            .collect(Collectors.joining("|")));
  }

  /** Tries zeros and the largest double too: mostly right, but not where a float is made of it. */
  public ArgumentSweep withEdges() {
    EDGES.forEach(untried::remove);
    return this;
  }

  /** Leaves out sizes that no memory holds. */
  public ArgumentSweep withoutHugeSizes() {
    untried.addAll(List.of("huge", "2^33", "element huge", "element 2^33"));
    return this;
  }

  /** Looks at the types of some packages alone. */
  public ArgumentSweep ofPackages(String... names) {
    packages.addAll(List.of(names));
    return this;
  }

  /** Takes calls that run for longer as calls that do not end; 20 s unless set. */
  public ArgumentSweep waiting(long seconds) {
    this.seconds = seconds;
    return this;
  }

  /** Leaves packages to a sweep of their own. */
  public ArgumentSweep butPackages(String... names) {
    others.addAll(List.of(names));
    return this;
  }

  /** Runs the sweep. */
  public ArgumentSweep run() {
    for (PublicApi.Entry entry : PublicApi.beside(anchor)) {
      if (asked(entry.type().getPackageName()) && !fits(left, entry.name())) {
        sweep(entry);
      }
    }
    Stream.of(allowed, left, otherNames)
        .flatMap(map -> map.entrySet().stream())
        .filter(exception -> !needed.contains(exception.getKey()))
        .forEach(exception -> findings.add("an exception that nothing needs: " + exception));
    examples.unused().forEach(key -> findings.add("example that is never asked for: " + key));
    return this;
  }

  private boolean asked(String name) {
    return (packages.isEmpty() || packages.contains(name)) && !others.contains(name);
  }

  /** What is wrong, a line each. */
  public List<String> findings() {
    return findings;
  }

  /** How many (method, argument, kind) have been tried. */
  public int triples() {
    return triples;
  }

  private void sweep(PublicApi.Entry entry) {
    Optional<List<Callable<?>>> right = arguments(entry);
    if (right.isEmpty()) {
      return;
    }
    List<Callable<?>> makers = right.get();
    Optional<Throwable> failure = call(entry, makers);
    if (failure.isPresent()) {
      findings.add(entry.signature() + ": the examples do not work: " + text(failure.get()));
      return;
    }
    Parameter[] parameters = entry.member().getParameters();
    for (int i = 0; i < parameters.length; i++) {
      Parameter parameter = parameters[i];
      Map<String, Callable<?>> kinds =
          WrongArguments.of(parameter.getType(), makers.get(makers.size() - parameters.length + i));
      kinds.keySet().removeAll(untried);
      for (Map.Entry<String, Callable<?>> kind : kinds.entrySet()) {
        List<Callable<?>> wrong = new ArrayList<>(makers);
        wrong.set(makers.size() - parameters.length + i, kind.getValue());
        String triple = triple(entry, parameter, kind.getKey());
        triples++;
        if (TRACE) {
          System.out.println(triple);
        }
        judge(entry, parameter, kind.getKey(), call(entry, wrong));
      }
    }
  }

  private static String triple(PublicApi.Entry entry, Parameter parameter, String kind) {
    return entry.name() + "(" + parameter.getName() + ") " + kind;
  }

  private void judge(
      PublicApi.Entry entry, Parameter parameter, String kind, Optional<Throwable> failure) {
    String triple = triple(entry, parameter, kind);
    if (failure.isEmpty()) {
      if (!allows(triple, kind)) {
        findings.add(triple + ": accepted");
      }
    } else if (!named(entry, parameter, kind, failure.get())
        && !namedOtherwise(triple, failure.get())) {
      findings.add(triple + ": " + text(failure.get()));
    }
  }

  private boolean allows(String triple, String kind) {
    // What cannot be used at all is allowed by its own name alone, never by a star.
    Map<Pattern, String> patterns = new LinkedHashMap<>(allowed);
    if (UNUSABLE.matcher(kind).matches()) {
      patterns.keySet().removeIf(pattern -> !pattern.pattern().contains(kind));
    }
    return fits(patterns, triple);
  }

  private boolean fits(Map<Pattern, String> patterns, String text) {
    Optional<Pattern> first =
        patterns.keySet().stream().filter(p -> p.matcher(text).matches()).findFirst();
    first.ifPresent(needed::add);
    return first.isPresent();
  }

  private boolean namedOtherwise(String triple, Throwable error) {
    return fits(otherNames, triple)
        && error instanceof IllegalArgumentException
        && thrownByUs(error)
        && otherNames.entrySet().stream()
            .filter(entry -> entry.getKey().matcher(triple).matches())
            .anyMatch(entry -> mentions(String.valueOf(error.getMessage()), entry.getValue()));
  }

  private static boolean named(
      PublicApi.Entry entry, Parameter parameter, String kind, Throwable error) {
    String message = String.valueOf(error.getMessage());
    Executable member = entry.member();
    boolean bySetter =
        member instanceof Method method
            && member.getParameterCount() == 1
            && mentions(message, property(method.getName()));
    // What is wrong between two arguments may be said of the other one.
    boolean byAnother =
        BETWEEN.matcher(kind).matches()
            && Stream.of(member.getParameters()).anyMatch(p -> mentions(message, p.getName()));
    return NAMED.stream().anyMatch(type -> type.isInstance(error))
        && !(error instanceof NullPointerException && message.startsWith("Cannot "))
        && thrownByUs(error)
        && (mentions(message, parameter.getName())
            || bySetter
            || byAnother
            || error instanceof FileSystemException);
  }

  private static String property(String method) {
    return method.startsWith("with") && method.length() > 4
        ? method.substring(4, 5).toLowerCase(Locale.ROOT) + method.substring(5)
        : method;
  }

  /** Whether a message has a parameter's name, as it is, as words, or of one of its elements. */
  private static boolean mentions(String message, String name) {
    String words = name.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
    String one = name.equals("axes") ? "axis" : name.replaceAll("s$", "");
    return Stream.of(name, words, one)
        .anyMatch(n -> Pattern.compile("\\b" + Pattern.quote(n) + "\\b").matcher(message).find());
  }

  /** Whether the first frame outside the JDK is the library's. */
  private static boolean thrownByUs(Throwable error) {
    return Stream.of(error.getStackTrace())
        .filter(frame -> frame.getModuleName() == null)
        .findFirst()
        .map(frame -> frame.getClassName().startsWith("io.bayes4j."))
        .orElse(false);
  }

  private static String text(Throwable error) {
    String place =
        Stream.of(error.getStackTrace())
            .filter(frame -> frame.getModuleName() == null)
            .findFirst()
            .map(frame -> frame.getClassName() + "." + frame.getMethodName())
            .orElse("nowhere");
    String message = String.valueOf(error.getMessage()).lines().findFirst().orElse("");
    return error.getClass().getSimpleName() + " \"" + message + "\" from " + place;
  }

  /** Makers of the receiver, if there is one, and of each argument. */
  private Optional<List<Callable<?>>> arguments(PublicApi.Entry entry) {
    List<Callable<?>> makers = new ArrayList<>();
    boolean instance = entry.member() instanceof Method m && !Modifier.isStatic(m.getModifiers());
    if (instance) {
      Optional<Callable<?>> receiver = examples.receiver(entry);
      if (receiver.isEmpty()) {
        findings.add(
            "no example of " + PublicApi.simple(entry.type()) + " to call " + entry.name());
        return Optional.empty();
      }
      makers.add(receiver.get());
    }
    for (Parameter parameter : entry.member().getParameters()) {
      Optional<Callable<?>> maker = examples.argument(entry, parameter);
      if (maker.isEmpty()) {
        findings.add(
            "no example of "
                + PublicApi.text(parameter.getParameterizedType())
                + " for "
                + entry.name()
                + "("
                + parameter.getName()
                + ")");
        return Optional.empty();
      }
      makers.add(maker.get());
    }
    return Optional.of(makers);
  }

  /** The error of a call; empty if it succeeds. */
  private Optional<Throwable> call(PublicApi.Entry entry, List<Callable<?>> makers) {
    FutureTask<Optional<Throwable>> task = new FutureTask<>(() -> invoke(entry, makers));
    Thread thread = new Thread(task, "sweep " + entry.name());
    thread.setDaemon(true);
    thread.start();
    return result(task);
  }

  private Optional<Throwable> result(Future<Optional<Throwable>> task) {
    try {
      return task.get(seconds, TimeUnit.SECONDS);
    } catch (TimeoutException | InterruptedException | ExecutionException e) {
      return Optional.of(e);
    }
  }

  private static Optional<Throwable> invoke(PublicApi.Entry entry, List<Callable<?>> makers)
      throws Exception {
    List<Object> values = new ArrayList<>();
    for (Callable<?> maker : makers) {
      values.add(maker.call());
    }
    try {
      if (entry.member() instanceof Constructor<?> constructor) {
        constructor.newInstance(values.toArray());
      } else {
        Method method = (Method) entry.member();
        method.setAccessible(true);
        boolean isStatic = Modifier.isStatic(method.getModifiers());
        Object receiver = isStatic ? null : values.remove(0);
        method.invoke(receiver, values.toArray());
      }
      return Optional.empty();
    } catch (InvocationTargetException e) {
      return Optional.of(e.getCause());
    }
  }
}
