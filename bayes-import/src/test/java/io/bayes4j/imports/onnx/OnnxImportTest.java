package io.bayes4j.imports.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.convert.Conversion;
import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.ConversionReport.Outcome;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.imports.ModelFile;
import io.bayes4j.imports.format.ImportedModel;
import io.bayes4j.layers.Graph;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Imports of files that the original libraries have made, compared with what those compute. */
final class OnnxImportTest {
  private static final double TOLERANCE = 1e-5;

  static List<OnnxCase> files() {
    return OnnxCase.all();
  }

  @ParameterizedTest
  @MethodSource("files")
  void computesWhatTheOriginalDoes(OnnxCase file) throws IOException {
    ImportedModel imported = ModelFile.read(file.file());

    assertThat(imported.format()).isEqualTo("ONNX");
    assertThat(imported.model()).isInstanceOf(Graph.class);
    Doubles.assertClose("y", file.run(imported.model()), file.y(), TOLERANCE);
  }

  @ParameterizedTest
  @MethodSource("files")
  void takesAnyNumberOfExamples(OnnxCase file) throws IOException {
    ImportedModel imported = ModelFile.read(file.file());
    INDArray first = file.x().get(NDArrayIndex.interval(0, 1), NDArrayIndex.all()).dup('c');
    INDArray expected = file.y().get(NDArrayIndex.interval(0, 1), NDArrayIndex.all()).dup('c');

    INDArray y = OnnxCase.run(imported.model(), first.reshape('c', one(file.x())));

    Doubles.assertClose("y", y, expected.reshape('c', one(file.y())), 2 * TOLERANCE);
  }

  private static long[] one(INDArray array) {
    long[] shape = array.shape().clone();
    shape[0] = 1;
    return shape;
  }

  @ParameterizedTest
  @MethodSource("files")
  void becomesBayesianAndComputesTheSameAtTheMean(OnnxCase file) throws IOException {
    ImportedModel imported = ModelFile.read(file.file());

    Conversion conversion = DnnToBnn.convert(imported.model(), ConversionOptions.flipout());

    boolean withoutWeights = conversion.report().entries().isEmpty();
    assertThat(conversion.report().with(Outcome.CONVERTED).isEmpty()).isEqualTo(withoutWeights);
    Doubles.assertClose("y", file.run(conversion.model()), file.y(), TOLERANCE);
  }
}
