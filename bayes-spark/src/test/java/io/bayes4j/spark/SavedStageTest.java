package io.bayes4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.SparkException;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Stages that name the folder of a saved one, as those of Spark Connect do. */
class SavedStageTest extends LocalSpark {
  private static Dataset<Row> frame;

  @BeforeAll
  static void start() {
    frame = Examples.frame(spark, Examples.inputs(40));
  }

  private static String saved(String name, BayesianModel model) throws IOException {
    String path = folder.resolve(name).toUri().toString();
    model.write().overwrite().save(path);
    return path;
  }

  /** As a server of Spark Connect makes a stage: of its class and its parameters. */
  private static BayesianModel named(String path) {
    return new BayesianModel("named").setSavedStage(path);
  }

  @Test
  void standsInForOneWithoutAModel() throws IOException {
    BayesianModel model = Examples.model(folder);
    BayesianModel named = named(saved("stage", model));
    assertThat(Examples.byId(named.transform(frame)))
        .isEqualTo(Examples.byId(model.transform(frame)));
    assertThat(named.transformSchema(frame.schema()))
        .isEqualTo(model.transformSchema(frame.schema()));
    assertThat(Examples.byId(named.setSeed(4).transform(frame)))
        .isEqualTo(Examples.byId(model.setSeed(4).transform(frame)));
  }

  /** A server makes the class of a name by its constructor of one name. */
  @Test
  void isFoundByTheNameThatTheJarAnnounces() {
    Set<String> names =
        java.util.ServiceLoader.load(Transformer.class).stream()
            .map(provider -> provider.type().getName())
            .collect(Collectors.toSet());
    assertThat(names).contains("io.bayes4j.spark.BayesianModel");
  }

  @Test
  void isReadOnceUntilItsFilesChange() throws IOException {
    BayesianModel model = Examples.model(folder);
    String path = saved("once", model);
    ModelSource first = SavedStages.read(path).source();
    List<Row> before = Examples.byId(named(path).transform(frame));
    assertThat(Examples.byId(named(path).transform(frame))).isEqualTo(before);
    assertThat(SavedStages.read(path).source()).isSameAs(first);
    assertThat(first.send(spark.sparkContext())).isSameAs(first.send(spark.sparkContext()));
    saved("once", model.setSeed(5));
    assertThat(SavedStages.read(path).source()).isNotSameAs(first);
    assertThat(Examples.byId(named(path).transform(frame)))
        .isEqualTo(Examples.byId(model.transform(frame)))
        .isNotEqualTo(before);
  }

  @Test
  void theFolderAloneIsNotChangedByWhatIsSetHere() throws IOException {
    BayesianModel model = Examples.model(folder);
    String path = saved("shared", model);
    List<Row> expected = Examples.byId(model.transform(frame));
    named(path).setSeed(9).setDraws(2).transform(frame);
    assertThat(Examples.byId(named(path).transform(frame))).isEqualTo(expected);
  }

  @Test
  void badRowsAreCountedByTheStageThatNamesIt() throws IOException {
    BayesianModel named = named(saved("counting", Examples.model(folder)));
    named.setHandleInvalid(BadRows.SKIP);
    assertThat(named.transform(Examples.withBadRows(spark)).count()).isEqualTo(2);
    assertThat(named.badRows()).isEqualTo(4);
    named.setHandleInvalid(BadRows.KEEP).setProblemCol("problem");
    List<Row> kept = Examples.byId(named.transform(Examples.withBadRows(spark)));
    assertThat(kept.stream().filter(row -> row.getAs("problem") != null)).hasSize(4);
    assertThat(named.badRows()).isEqualTo(8);
    assertThat(named("" + folder.resolve("counting")).badRows()).isZero();
  }

  @Test
  void badRowsAreRefusedAsTheSavedStageSays() throws IOException {
    String refusing = saved("refusing", Examples.model(folder));
    Dataset<Row> scored = named(refusing).transform(Examples.withBadRows(spark).coalesce(1));
    assertThatThrownBy(scored::count)
        .isInstanceOf(SparkException.class)
        .hasMessageContaining("column features is null");
    BayesianModel skipping = Examples.model(folder).setHandleInvalid(BadRows.SKIP);
    BayesianModel named = named(saved("skipping", skipping));
    assertThat(named.transform(Examples.withBadRows(spark)).count()).isEqualTo(2);
    assertThat(named.badRows()).isEqualTo(4);
  }

  @Test
  void isSavedWithItsModelAndInPipelines() throws IOException {
    BayesianModel model = Examples.model(folder).setSeed(6);
    BayesianModel named = named(saved("first", Examples.model(folder))).setSeed(6);
    List<Row> expected = Examples.byId(model.transform(frame));
    BayesianModel again = BayesianModel.load(saved("second", named));
    assertThat(again.uid()).isEqualTo("named");
    assertThat(again.source().isThere()).isTrue();
    assertThat(again.isSet(again.savedStage())).isFalse();
    assertThat(Examples.byId(again.transform(frame))).isEqualTo(expected);
    PipelineModel pipeline = new Pipeline().setStages(new PipelineStage[] {named}).fit(frame);
    String path = folder.resolve("named-pipeline").toUri().toString();
    pipeline.write().overwrite().save(path);
    assertThat(Examples.byId(PipelineModel.load(path).transform(frame))).isEqualTo(expected);
  }

  @Test
  void aMissingFolderIsNamed() {
    String path = folder.resolve("nowhere").toString();
    assertThatThrownBy(() -> named(path).transform(frame))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("savedStage must be the folder of a saved stage, got " + path);
  }
}
