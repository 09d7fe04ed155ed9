package io.bayes4j.spark;

import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.convert.Moped;
import io.bayes4j.core.internal.Require;
import io.bayes4j.imports.ModelFile;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.variational.Estimator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * All that an executor needs to build a network again: a class that makes it, or a file of another
 * library, and the weights.
 */
final class ModelSource {
  private final String factory;
  private final String conversion;
  private final double moped;
  private final byte[] file;
  private final byte[] checkpoint;
  private @Nullable Sent sent;

  /**
   * A description.
   *
   * @param factory name of a {@link NetworkFactory}; empty if the network is in a file
   * @param conversion how an imported network is made Bayesian: an {@link Estimator}'s name in
   *     lower case, or "none"
   * @param moped share of a weight's size that its spread is set to, 0 for a fixed spread
   * @param file bytes of an imported model file, not copied; empty if there is a factory
   * @param checkpoint bytes of a checkpoint, not copied; empty if the file's own weights are meant
   */
  ModelSource(String factory, String conversion, double moped, byte[] file, byte[] checkpoint) {
    this.factory = factory;
    this.conversion = conversion;
    this.moped = moped;
    this.file = file;
    this.checkpoint = checkpoint;
  }

  /** No conversion. */
  static final String AS_IT_IS = "none";

  /** Nothing yet. */
  static final ModelSource NONE = new ModelSource("", AS_IT_IS, 0, new byte[0], new byte[0]);

  String factory() {
    return factory;
  }

  String conversion() {
    return conversion;
  }

  double moped() {
    return moped;
  }

  /** The bytes themselves. */
  byte[] file() {
    return file;
  }

  /** The bytes themselves. */
  byte[] checkpoint() {
    return checkpoint;
  }

  boolean isThere() {
    return !factory.isEmpty() || file.length > 0;
  }

  /** One array: Spark moves it to the executors whatever its serializer knows. */
  byte[] pack() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(file.length + checkpoint.length + 256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(factory);
      out.writeUTF(conversion);
      out.writeDouble(moped);
      out.writeInt(file.length);
      out.write(file);
      out.writeInt(checkpoint.length);
      out.write(checkpoint);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static ModelSource unpack(byte[] packed) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(packed))) {
      String factory = in.readUTF();
      String conversion = in.readUTF();
      double moped = in.readDouble();
      byte[] file = in.readNBytes(in.readInt());
      return new ModelSource(factory, conversion, moped, file, in.readNBytes(in.readInt()));
    }
  }

  /**
   * A model on the executors of a context.
   *
   * @param packed its bytes
   * @param digest a name for these: equal for equal models, also in other sessions
   */
  record Sent(SparkContext context, Broadcast<byte[]> packed, String digest) {}

  /** Sends the bytes, once for each context. */
  synchronized Sent send(SparkContext context) {
    if (sent == null || sent.context != context || !sent.packed.isValid()) {
      byte[] bytes = pack();
      sent =
          new Sent(
              context, JavaSparkContext.fromSparkContext(context).broadcast(bytes), digest(bytes));
    }
    return sent;
  }

  private static String digest(byte[] packed) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(packed));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * Builds the network.
   *
   * @throws IllegalArgumentException if the class is none of a factory, or the weights do not fit
   * @throws IOException if the bytes are malformed, or no temporary file can be written
   */
  Layer build() throws IOException {
    Require.state(isThere(), "there is no model: make one with BayesianModel.of or ofFile");
    Layer model = file.length > 0 ? imported() : made(factory, 0);
    if (checkpoint.length > 0) {
      withFile(checkpoint, path -> Checkpoint.load(model, path));
    }
    return model;
  }

  private Layer imported() throws IOException {
    Layer model = withFile(file, path -> ModelFile.read(path).model());
    if (conversion.equals(AS_IT_IS)) {
      return model;
    }
    Estimator estimator = estimator(conversion);
    ConversionOptions options = ConversionOptions.of(estimator);
    return DnnToBnn.convert(model, moped > 0 ? options.withMoped(Moped.of(moped)) : options)
        .model();
  }

  /** The estimator of a name, such as "flipout". */
  static Estimator estimator(String name) {
    for (Estimator estimator : Estimator.values()) {
      if (estimator.name().toLowerCase(Locale.ROOT).equals(name)) {
        return estimator;
      }
    }
    throw new IllegalArgumentException(
        "conversion must be none or the name of an estimator in lower case, got " + name);
  }

  /**
   * A network of a factory.
   *
   * @param seed for factories that take one
   * @throws IllegalArgumentException if there is no such class, or it is none of a factory
   */
  static Layer made(String factory, long seed) {
    NetworkFactory maker = maker(factory);
    Layer made = maker instanceof SeededNetworkFactory own ? own.create(seed) : maker.create();
    return Require.nonNull(made, "the network that " + factory + " makes");
  }

  static void requireSeeded(String factory) {
    Require.argument(
        maker(factory) instanceof SeededNetworkFactory,
        "network must be a class that implements %s, so that members begin at different weights,"
            + " got %s",
        SeededNetworkFactory.class.getName(),
        factory);
  }

  private static NetworkFactory maker(String factory) {
    try {
      ClassLoader loader = Thread.currentThread().getContextClassLoader();
      Class<?> found = Class.forName(factory, false, loader);
      Require.argument(
          NetworkFactory.class.isAssignableFrom(found),
          "network must be a class that implements %s, got %s",
          NetworkFactory.class.getName(),
          factory);
      return (NetworkFactory) found.getConstructor().newInstance();
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(
          "network must be a class that driver and executors have (--jars), got " + factory, e);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(factory + " cannot be made: " + e.getCause(), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          "network must be a public class with a public constructor without arguments, got "
              + factory,
          e);
    }
  }

  /** Reads a file. */
  interface Reading<T> {
    T of(Path path) throws IOException;
  }

  static <T> T withFile(byte[] bytes, Reading<T> reading) throws IOException {
    Path path = Files.createTempFile("bayes4j-", ".model");
    try {
      Files.write(path, bytes);
      return reading.of(path);
    } finally {
      Files.deleteIfExists(path);
    }
  }
}
