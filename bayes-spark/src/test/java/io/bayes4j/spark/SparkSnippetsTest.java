package io.bayes4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.random.Noise;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkSnippetsTest {
  private static final int COUNT = 40;
  private static final int PIXELS = 784;

  @Test
  void whatTheDocumentShowsRuns(@TempDir Path folder) throws IOException {
    float[] pixels = FloatMemory.numbers(Noise.seeded(1).uniforms(COUNT, PIXELS), "pixels");
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      double[] own = new double[PIXELS];
      for (int k = 0; k < PIXELS; k++) {
        own[k] = pixels[i * PIXELS + k];
      }
      rows.add(RowFactory.create(Vectors.dense(own), i % 2));
    }
    StructType schema =
        new StructType()
            .add("features", SQLDataTypes.VectorType())
            .add("label", DataTypes.IntegerType);
    Path file = folder.resolve("digits.safetensors");
    Dataset<Row> digits = Sessions.local().createDataFrame(rows, schema).repartition(2);
    String runs = folder.resolve("runs").toUri().toString();
    assertThat(SparkSnippets.trained(digits, runs, file).rounds()).hasSize(2);
    Dataset<Row> scored = SparkSnippets.scored(file.toString(), digits);
    assertThat(SparkSnippets.evaluated(scored).collectAsList())
        .extracting(row -> row.<Long>getAs("count"))
        .containsExactlyInAnyOrder(COUNT / 2L, COUNT / 2L);
  }

  /** So Spark Connect's server learns of it. */
  @Test
  void theTransformerIsAnnounced() {
    assertThat(ServiceLoader.load(Transformer.class).stream().map(ServiceLoader.Provider::type))
        .anyMatch(type -> type == BayesianModel.class);
  }
}
