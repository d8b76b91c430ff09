import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The Java clients against one cluster: admin, producer, and consumers in a group that rebalances. */
public class ClientsCheck {
    static final String TOPIC = "java-clients";
    static final int RECORDS = 3000;
    static String bootstrap;

    public static void main(String[] args) throws Exception {
        bootstrap = args[0];
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        try (Admin admin = Admin.create(properties)) {
            topics(admin);
            produce();
            consumeInGroup("cooperative", CooperativeStickyAssignor.class.getName());
            consumeInGroup("eager", "org.apache.kafka.clients.consumer.RangeAssignor");
            staticMember();
            offsets(admin);
        }
        System.out.println("all checks passed");
        System.exit(0);
    }

    static void check(boolean condition, String what) {
        if (!condition) throw new AssertionError(what);
    }

    static void topics(Admin admin) throws Exception {
        NewTopic topic = new NewTopic(TOPIC, 4, (short) 3).configs(Map.of("min.insync.replicas", "2"));
        admin.createTopics(List.of(topic)).all().get();
        check(admin.describeTopics(List.of(TOPIC)).allTopicNames().get().get(TOPIC).partitions().size() == 4, "partitions");
        check(fails(admin.createTopics(List.of(topic)).all(), TopicExistsException.class), "created twice");
        check(fails(admin.createTopics(List.of(new NewTopic("bad name", 1, (short) 1))).all(), InvalidTopicException.class), "bad name");
        admin.createPartitions(Map.of(TOPIC, NewPartitions.increaseTo(6))).all().get();
        check(admin.describeTopics(List.of(TOPIC)).allTopicNames().get().get(TOPIC).partitions().size() == 6, "more partitions");
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
        AlterConfigOp set = new AlterConfigOp(new ConfigEntry("retention.ms", "7200000"), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all().get();
        check(admin.describeConfigs(List.of(resource)).all().get().get(resource).get("retention.ms").value().equals("7200000"), "config");
        check(admin.describeCluster().nodes().get().size() == 3, "nodes");
        check(admin.describeCluster().clusterId().get().length() == 22, "cluster id");
    }

    static boolean fails(Future<?> future, Class<?> with) throws InterruptedException {
        try {
            future.get();
            return false;
        } catch (ExecutionException e) {
            return with.isInstance(e.getCause());
        }
    }

    static void produce() throws Exception {
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            Properties properties = new Properties();
            properties.put("bootstrap.servers", bootstrap);
            properties.put("compression.type", codec);
            properties.put("enable.idempotence", "true");
            properties.put("linger.ms", "5");
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
                for (int i = 0; i < RECORDS / 5; i++) {
                    sent.add(producer.send(new ProducerRecord<>(TOPIC, "key-" + i, codec + "-" + i)));
                }
            }
            for (Future<RecordMetadata> each : sent) check(each.get().hasOffset(), "offset");
        }
    }

    static Properties consumerProperties(String group) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("group.id", group);
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        properties.put("session.timeout.ms", "6000");
        properties.put("heartbeat.interval.ms", "500");
        return properties;
    }

    static KafkaConsumer<String, String> consumer(Properties properties) {
        return new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer());
    }

    static void poll(KafkaConsumer<String, String> consumer, Collection<String> values) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) values.add(record.value());
    }

    /** The positions in all partitions of a member, added up. */
    static long position(KafkaConsumer<String, String> consumer) {
        return consumer.assignment().stream().mapToLong(consumer::position).sum();
    }

    interface Condition {
        boolean holds();
    }

    static void until(String what, Condition condition, Runnable step) {
        long deadline = System.currentTimeMillis() + 60000;
        while (!condition.holds()) {
            check(System.currentTimeMillis() < deadline, what);
            step.run();
        }
    }

    /** One member reads, a second joins, both share, the first leaves, the second takes over and resumes. */
    static void consumeInGroup(String group, String assignor) {
        Properties properties = consumerProperties(group);
        properties.put("partition.assignment.strategy", assignor);
        Set<String> values = new HashSet<>();
        KafkaConsumer<String, String> first = consumer(properties);
        KafkaConsumer<String, String> second = consumer(properties);
        first.subscribe(List.of(TOPIC));
        until("the first member has all partitions", () -> first.assignment().size() == 6, () -> poll(first, values));
        second.subscribe(List.of(TOPIC));
        until("two members share", () -> first.assignment().size() == 3 && second.assignment().size() == 3, () -> {
            poll(first, values);
            poll(second, values);
        });
        Set<TopicPartition> both = new HashSet<>(first.assignment());
        both.addAll(second.assignment());
        check(both.size() == 6, "each partition has one member");
        // An eager rebalance starts again from the last commit: records seen before it do not count.
        until("all records are read", () -> values.size() == RECORDS && position(first) + position(second) == RECORDS, () -> {
            poll(first, values);
            poll(second, values);
        });
        first.commitSync();
        second.commitSync();
        first.close();
        until("the second member takes over", () -> second.assignment().size() == 6, () -> poll(second, values));
        second.commitSync();
        second.close();
        KafkaConsumer<String, String> third = consumer(properties);
        third.subscribe(List.of(TOPIC));
        List<String> again = new ArrayList<>();
        until("a third member has all partitions", () -> third.assignment().size() == 6, () -> poll(third, again));
        check(position(third) == RECORDS, "the group resumes where it committed");
        poll(third, again);
        check(again.isEmpty(), "nothing is read twice");
        third.close();
    }

    /** A static member that comes back within its session keeps its partitions without a rebalance. */
    static void staticMember() {
        Properties properties = consumerProperties("static");
        properties.put("group.instance.id", "instance-1");
        List<String> values = new ArrayList<>();
        KafkaConsumer<String, String> before = consumer(properties);
        before.subscribe(List.of(TOPIC));
        until("the static member has all partitions", () -> before.assignment().size() == 6, () -> poll(before, values));
        int generation = before.groupMetadata().generationId();
        before.close();
        KafkaConsumer<String, String> after = consumer(properties);
        after.subscribe(List.of(TOPIC));
        until("the static member is back", () -> after.assignment().size() == 6, () -> poll(after, values));
        check(after.groupMetadata().generationId() == generation, "no rebalance");
        after.close();
    }

    static void offsets(Admin admin) throws Exception {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        Map<TopicPartition, OffsetSpec> newest = new HashMap<>();
        for (int i = 0; i < 6; i++) {
            latest.put(new TopicPartition(TOPIC, i), OffsetSpec.latest());
            newest.put(new TopicPartition(TOPIC, i), OffsetSpec.maxTimestamp());
        }
        long total = admin.listOffsets(latest).all().get().values().stream().mapToLong(each -> each.offset()).sum();
        check(total == RECORDS, "latest offsets add up: " + total);
        check(admin.listOffsets(newest).all().get().values().stream().allMatch(each -> each.timestamp() > 0 || each.offset() == -1), "max timestamps");
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets("eager").partitionsToOffsetAndMetadata().get();
        check(committed.values().stream().mapToLong(OffsetAndMetadata::offset).sum() == RECORDS, "committed offsets");
        check(admin.describeConsumerGroups(List.of("eager")).all().get().get("eager").state().toString().equals("Empty"), "state");
        check(admin.listConsumerGroups().all().get().size() >= 3, "groups");
        admin.deleteConsumerGroups(List.of("eager")).all().get();
        admin.deleteTopics(List.of(TOPIC)).all().get();
        check(!admin.listTopics().names().get().contains(TOPIC), "deleted");
    }
}
