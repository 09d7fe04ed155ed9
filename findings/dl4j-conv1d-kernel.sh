#!/bin/sh
# In which order Deeplearning4j's Convolution1DLayer reads its kernel. Seen with deeplearning4j-nn 1.0.0-M2.1 on JDK 17, Linux.
#
# Guess: as the parameter table shows it, [outputs, inputs, size, 1] in c order, behind the bias.
# Seen:  the same numbers are read as [size, inputs, outputs] in c order; the table's view only has the right length. In
#        1.0.0-beta6 and 0.9.1 the guess is right. The files of M2.1 have a field "rnnDataFormat" in the layer, older ones do not.
#
# Needs a JDK 17 and Maven. Fails if the behaviour changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.deeplearning4j</groupId>
      <artifactId>deeplearning4j-nn</artifactId>
      <version>1.0.0-M2.1</version>
    </dependency>
    <dependency>
      <groupId>org.nd4j</groupId>
      <artifactId>nd4j-native</artifactId>
      <version>1.0.0-M2.1</version>
    </dependency>
    <dependency>
      <groupId>org.nd4j</groupId>
      <artifactId>nd4j-native</artifactId>
      <version>1.0.0-M2.1</version>
      <classifier>linux-x86_64</classifier>
    </dependency>
  </dependencies>
</project>
POM
cat > Order.java <<'JAVA'
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

public class Order {
  static final int IN = 2, OUT = 4, SIZE = 3;

  public static void main(String[] args) {
    MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder().list()
        .layer(new Convolution1DLayer.Builder(SIZE).nOut(OUT).activation(Activation.IDENTITY).build())
        .setInputType(InputType.recurrent(IN, 5)).build());
    net.init();
    INDArray numbers = Nd4j.rand(net.params().shape());
    net.setParams(numbers);
    INDArray x = Nd4j.rand(1, IN, 5);
    INDArray y = net.output(x);
    double table = 0, turned = 0;
    float[] w = numbers.dup('c').data().asFloat();
    for (int o = 0; o < OUT; o++) {
      double a = w[o], b = w[o];
      for (int i = 0; i < IN; i++) {
        for (int k = 0; k < SIZE; k++) {
          a += w[OUT + (o * IN + i) * SIZE + k] * x.getDouble(0, i, k);
          b += w[OUT + (k * IN + i) * OUT + o] * x.getDouble(0, i, k);
        }
      }
      table = Math.max(table, Math.abs(a - y.getDouble(0, o, 0)));
      turned = Math.max(turned, Math.abs(b - y.getDouble(0, o, 0)));
    }
    System.out.printf("[outputs, inputs, size] is off by %.2g, [size, inputs, outputs] by %.2g%n", table, turned);
    if (turned > 1e-5 || table < 1e-3) {
      throw new AssertionError("the behaviour has changed");
    }
  }
}
JAVA
mvn -B -q dependency:build-classpath -Dmdep.outputFile=cp
java --source 17 -cp "$(cat cp)" Order.java 2>/dev/null
