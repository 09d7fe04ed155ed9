package io.bayes4j.spark;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A test whose tasks are threads of this JVM, with a folder for its files. */
abstract class LocalSpark {
  static SparkSession spark;
  @TempDir static Path folder;

  @BeforeAll
  static void startSpark() {
    spark = Sessions.local();
  }
}
