#!/bin/sh
# What Deeplearning4j averages where a window of an average pool lies half in the padding, and what it divides by in a batch
# normalization. Seen with deeplearning4j-nn 0.9.1 and 1.0.0-M2.1 on JDK 17, Linux.
#
# Guess: a network of the same configuration and numbers gives the same output in both versions: the mean counts the cells of the image
#        alone, and a normalization divides by the root of variance + epsilon.
# Seen:  so it is in 1.0.0-M2.1. In 0.9.1 the mean counts the padding as zeros (1 becomes 1/4 in a corner of 2 x 2 windows), and a prediction
#        divides by the root of the variance as it is kept, without epsilon (0.001 / sqrt(1e-6) = 1, not 0.302). The files say neither.
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
      <version>${dl4j}</version>
    </dependency>
    <dependency>
      <groupId>org.nd4j</groupId>
      <artifactId>nd4j-native</artifactId>
      <version>${dl4j}</version>
    </dependency>
    <dependency>
      <groupId>org.nd4j</groupId>
      <artifactId>nd4j-native</artifactId>
      <version>${dl4j}</version>
      <classifier>linux-x86_64</classifier>
    </dependency>
  </dependencies>
</project>
POM
cat > Means.java <<'JAVA'
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

public class Means {
  public static void main(String[] args) {
    MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder().list()
        .layer(0, new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG,
            new int[] {2, 2}, new int[] {2, 2}, new int[] {1, 1}).build())
        .layer(1, new BatchNormalization.Builder().eps(1e-5).build())
        .setInputType(InputType.convolutional(4, 4, 1)).build());
    net.init();
    INDArray ones = Nd4j.ones(new int[] {1, 1, 4, 4});

    net.getLayer(1).getParam("mean").assign(0);
    variance(net, 1);
    double corner = net.output(ones).getDouble(0, 0, 0, 0);
    variance(net, 1e-6);
    double normed = net.output(ones.mul(0.001)).getDouble(0, 0, 1, 1);
    System.out.printf("%s: 1 in a corner %.3f, 0.001 normalized %.3f%n", args[0], corner, normed);

    boolean old = args[0].startsWith("0.");
    if (Math.abs(corner - (old ? 0.25 : 1)) > 1e-3 || Math.abs(normed - (old ? 1 : 0.3015)) > 1e-3) {
      throw new AssertionError("the behaviour has changed");
    }
  }

  /** Newer versions keep the logarithm of the deviation. */
  static void variance(MultiLayerNetwork net, double variance) {
    INDArray logarithm = net.getLayer(1).getParam("log10stdev");
    if (logarithm == null) {
      net.getLayer(1).getParam("var").assign(variance);
    } else {
      logarithm.assign(Math.log10(variance) / 2);
    }
  }
}
JAVA
for version in 0.9.1 1.0.0-M2.1; do
  mvn -B -q dependency:build-classpath -Ddl4j=$version -Dmdep.outputFile=cp
  java --source 17 -cp "$(cat cp)" Means.java $version 2>/dev/null
done
