#!/bin/sh
# What JavaCPP's two limits of memory do for ND4J's arrays. Seen with nd4j-native 1.0.0-M2.1 and JavaCPP 1.5.7 on JDK 17, Linux.
#
# Guess: org.bytedeco.javacpp.maxbytes limits the arrays, and maxphysicalbytes keeps the process below its figure.
# Seen:  maxbytes=100m   600 MB of live arrays are made, and Pointer.totalBytes() is about 1 kB: they are not counted.
#        maxphysicalbytes=500m   an array of 1,600 MB is made and filled; the error comes afterwards, with the next small
#        pointer: "Cannot allocate new LongPointer(1): totalBytes = 0, physicalBytes = ..." (1653M when tried with 380m).
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
cat > Limits.java <<'JAVA'
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class Limits {
  public static void main(String[] args) {
    int arrays = Integer.parseInt(args[0]);
    long megabytes = Long.parseLong(args[1]);
    List<INDArray> live = new ArrayList<>();
    try {
      for (int i = 0; i < arrays; i++) {
        INDArray array = Nd4j.createUninitialized(DataType.FLOAT, megabytes << 18);
        live.add(array.assign(1));
      }
      String counted = Pointer.totalBytes() < 1 << 20 ? "less than 1" : "1 or more";
      System.out.println("made " + live.size() + ", counted " + counted + " MB");
    } catch (OutOfMemoryError e) {
      boolean late = Pointer.physicalBytes() > megabytes << 20;
      System.out.println("error " + (late ? "after" : "before") + " the array was there");
    }
    System.exit(0);
  }
}
JAVA
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory=lib
javac -cp 'lib/*' Limits.java

expect() {
  expected=$1
  shift
  seen=$(java -Xmx200m "$@" 2>/dev/null | grep -E '^(made|error) ' || true)
  echo "$seen"
  [ "$seen" = "$expected" ] || { echo "expected: $expected" >&2; exit 1; }
}
expect "made 60, counted less than 1 MB" -Dorg.bytedeco.javacpp.maxbytes=100m -cp '.:lib/*' Limits 60 10
expect "error after the array was there" -Dorg.bytedeco.javacpp.maxphysicalbytes=500m -cp '.:lib/*' Limits 1 1600
