package io.bayes4j.core.testing.sweep;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a module publishes: its public types outside packages that are named internal, and outside
 * that of the portable kernels, which ArchitectureTest lets nobody but Kernels know.
 */
final class PublicApi {
  private static final String PREFIX = "io.bayes4j";

  private PublicApi() {}

  /**
   * The public constructors and methods with an argument, of every public type beside a class.
   *
   * @param anchor any class of the module's own classes
   */
  static List<Entry> beside(Class<?> anchor) {
    List<Entry> entries = new ArrayList<>();
    for (Class<?> type : types(anchor)) {
      Stream.of(type.getConstructors()).forEach(c -> entries.add(new Entry(type, c)));
      Stream.of(type.getMethods())
          .filter(m -> concerns(type, m))
          .forEach(m -> entries.add(new Entry(type, m)));
    }
    entries.removeIf(e -> e.member().getParameterCount() == 0);
    entries.sort(Comparator.comparing(Entry::signature));
    return entries;
  }

  /**
   * A constructor or method as callers of a type see it.
   *
   * @param type the type that is called, which may have inherited the member
   */
  record Entry(Class<?> type, Executable member) {
    String name() {
      String member = this.member instanceof Method m ? m.getName() : "new";
      return simple(type) + "." + member;
    }

    String signature() {
      return name() + Stream.of(member.getGenericParameterTypes()).map(PublicApi::text).toList();
    }
  }

  /** Name of a class in its package. */
  static String simple(Class<?> type) {
    return type.getName().substring(type.getPackageName().length() + 1).replace('$', '.');
  }

  /** A type without its packages. */
  static String text(java.lang.reflect.Type type) {
    return type.getTypeName().replaceAll("\\b[a-z][a-z0-9]*\\.", "").replace('$', '.');
  }

  private static boolean concerns(Class<?> type, Method method) {
    Class<?> owner = method.getDeclaringClass();
    boolean equality = method.getName().equals("equals") && method.getParameterCount() == 1;
    boolean ofEnum = type.isEnum() && method.getName().equals("valueOf");
    boolean body = !Modifier.isAbstract(method.getModifiers());
    boolean runnable = body || (owner.isInterface() && owner == type);
    boolean staticElsewhere = Modifier.isStatic(method.getModifiers()) && owner != type;
    return owner.getName().startsWith(PREFIX)
        && isPromised(owner.getPackageName())
        && !method.isSynthetic()
        && !equality
        && !ofEnum
        && !staticElsewhere
        && runnable;
  }

  private static boolean isPromised(String packageName) {
    return !packageName.endsWith(".internal") && !packageName.endsWith(".kernels.portable");
  }

  private static List<Class<?>> types(Class<?> anchor) {
    Path place = placeOf(anchor);
    if (Files.isDirectory(place)) {
      return types(place, anchor);
    }
    try (FileSystem jar = FileSystems.newFileSystem(place)) {
      return types(jar.getPath("/"), anchor);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Class<?>> types(Path root, Class<?> anchor) {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(file -> root.relativize(file).toString())
          .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
          .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
          .filter(name -> name.startsWith(PREFIX))
          .filter(name -> isPromised(name.substring(0, name.lastIndexOf('.'))))
          .<Class<?>>map(name -> load(name, anchor))
          .filter(PublicApi::published)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path placeOf(Class<?> anchor) {
    try {
      return Path.of(anchor.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Class<?> load(String name, Class<?> anchor) {
    try {
      return Class.forName(name, false, anchor.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean published(Class<?> type) {
    boolean anonymous = type.isAnonymousClass() || type.isLocalClass();
    for (Class<?> c = type; c != null; c = c.getEnclosingClass()) {
      if (!Modifier.isPublic(c.getModifiers())) {
        return false;
      }
    }
    return !anonymous
        && !Arrays.asList(type.getInterfaces()).contains(java.lang.annotation.Annotation.class);
  }
}
