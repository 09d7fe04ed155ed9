package io.bayes4j.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** Spark sessions of tests: in this JVM, or with workers that are processes of their own. */
final class Sessions {
  private static SparkSession local;

  private Sessions() {}

  /** Tasks are threads of this JVM. All tests share it, none stops it: the end of the JVM does. */
  static synchronized SparkSession local() {
    if (local == null || local.sparkContext().isStopped()) {
      local = builder("local[2]").getOrCreate();
    }
    return local;
  }

  /**
   * A master, and workers of one core each that start JVMs. These take the class path of this JVM,
   * and no jars from Spark's home, which only has to be there: the build sets SPARK_HOME to a
   * folder of its own, where workers work, and SPARK_SCALA_VERSION. A JVM has one session at a
   * time: that of {@link #local} ends.
   */
  static synchronized SparkSession cluster(String serializer, int workers) {
    String home = System.getenv("SPARK_HOME");
    if (home == null || System.getenv("SPARK_SCALA_VERSION") == null) {
      throw new IllegalStateException(
          "set SPARK_HOME to a folder, and SPARK_SCALA_VERSION to 2.13");
    }
    try {
      Files.createDirectories(Path.of(home, "jars"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (local != null) {
      local.stop();
    }
    int memory = Integer.getInteger("executor.memory", 512);
    return builder("local-cluster[" + workers + ",1," + 2 * memory + "]")
        .config("spark.executor.memory", memory + "m")
        .config(
            "spark.executor.extraJavaOptions",
            System.getProperty("executor.options", "-XX:TieredStopAtLevel=1"))
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .config("spark.serializer", "org.apache.spark.serializer." + serializer)
        .config("spark.executorEnv.OMP_NUM_THREADS", "1")
        .getOrCreate();
  }

  /** Without generated code, whose compilation takes longer than a short test; rates want it. */
  private static SparkSession.Builder builder(String master) {
    boolean generated = System.getProperty("executor.options") != null;
    return SparkSession.builder()
        .master(master)
        .appName("bayes-spark tests")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.codegen.wholeStage", generated)
        .config("spark.sql.codegen.factoryMode", generated ? "FALLBACK" : "NO_CODEGEN")
        .config("spark.shuffle.io.maxRetries", "1")
        .config("spark.shuffle.io.retryWait", "100ms")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.warehouse.dir", System.getProperty("java.io.tmpdir"));
  }
}
