import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * What the Java clients make of single answers, refusals above all. Every expected value is what Apache Kafka
 * 3.9.1 gives; the class runs against it unchanged. Needs a cluster of three brokers without these topics.
 */
public class AnswersCheck {
    static final TopicPartition FIRST = new TopicPartition("answers", 0);
    static final Map<TopicPartition, OffsetAndMetadata> AT_TWO = Map.of(FIRST, new OffsetAndMetadata(2, Optional.of(0), "note"));
    static final List<String> wrong = new ArrayList<>();
    static String bootstrap;
    static Admin admin;

    public static void main(String[] args) throws Exception {
        bootstrap = args[0];
        admin = Admin.create(properties());
        topics();
        configs();
        produce();
        offsets();
        groups();
        for (String each : wrong) System.out.println(each);
        System.out.println(wrong.isEmpty() ? "all answers as expected" : wrong.size() + " answers are wrong");
        System.exit(wrong.isEmpty() ? 0 : 1);
    }

    /** Compares the value as text, or the simple name of the exception's class. */
    static void expect(String expected, String what, Callable<?> action) {
        String found;
        try {
            found = String.valueOf(action.call());
        } catch (Throwable thrown) {
            Throwable cause = thrown;
            while (cause instanceof ExecutionException || cause instanceof CompletionException) cause = cause.getCause();
            found = cause.getClass().getSimpleName();
        }
        if (!found.equals(expected)) wrong.add(what + ": expected " + expected + " but found " + found);
    }

    static Map<String, Object> properties(Object... more) {
        Map<String, Object> properties = new HashMap<>(Map.of("bootstrap.servers", bootstrap, "default.api.timeout.ms", "20000", "request.timeout.ms", "10000"));
        for (int i = 0; i < more.length; i += 2) properties.put((String) more[i], more[i + 1]);
        return properties;
    }

    static String create(NewTopic topic) throws Exception {
        admin.createTopics(List.of(topic)).all().get();
        return "created";
    }

    static NewTopic topic(String name, int partitions, int replicas, String... configs) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < configs.length; i += 2) values.put(configs[i], configs[i + 1]);
        return new NewTopic(name, partitions, (short) replicas).configs(values);
    }

    static void topics() throws Exception {
        expect("created", "a topic", () -> create(topic("answers", 3, 2, "cleanup.policy", "compact,delete")));
        expect("TopicExistsException", "the same topic again", () -> create(topic("answers", 3, 2)));
        expect("InvalidTopicException", "an empty name", () -> create(topic("", 1, 1)));
        expect("InvalidTopicException", "two dots", () -> create(topic("..", 1, 1)));
        expect("InvalidTopicException", "250 characters", () -> create(topic("x".repeat(250), 1, 1)));
        expect("InvalidPartitionsException", "no partitions", () -> create(topic("refused", 0, 1)));
        expect("InvalidReplicationFactorException", "no replicas", () -> create(topic("refused", 1, 0)));
        expect("InvalidReplicationFactorException", "more replicas than brokers", () -> create(topic("refused", 1, 4)));
        expect("InvalidReplicaAssignmentException", "a replica twice", () -> create(new NewTopic("refused", Map.of(0, List.of(1, 1)))));
        expect("InvalidConfigurationException", "an unknown setting", () -> create(topic("refused", 1, 1, "no.such", "1")));
        expect(Uuid.ZERO_UUID.toString(), "the id of a topic that is only validated", () ->
            admin.createTopics(List.of(topic("considered", 1, 1)), new CreateTopicsOptions().validateOnly(true)).topicId("considered").get());
        Uuid id = admin.describeTopics(List.of("answers")).allTopicNames().get().get("answers").topicId();
        expect("answers", "a topic by its id", () -> admin.describeTopics(TopicCollection.ofTopicIds(List.of(id))).allTopicIds().get().get(id).name());
        expect("UnknownTopicIdException", "an unknown id", () -> admin.describeTopics(TopicCollection.ofTopicIds(List.of(new Uuid(1, 2)))).allTopicIds().get());
        expect("UnknownTopicOrPartitionException", "an unknown name", () -> admin.describeTopics(List.of("absent")).allTopicNames().get());
        expect("InvalidTopicException", "an invalid name", () -> admin.describeTopics(List.of("a b")).allTopicNames().get());
        expect("8", "the operations on a topic", () ->
            admin.describeTopics(List.of("answers"), new DescribeTopicsOptions().includeAuthorizedOperations(true)).allTopicNames().get().get("answers").authorizedOperations().size());
        expect("InvalidPartitionsException", "as many partitions as before", () -> admin.createPartitions(Map.of("answers", NewPartitions.increaseTo(3))).all().get());
        expect("InvalidReplicaAssignmentException", "another number of replicas", () ->
            admin.createPartitions(Map.of("answers", NewPartitions.increaseTo(4, List.of(List.of(1, 2, 3))))).all().get());
        expect("UnknownTopicOrPartitionException", "deletion of an unknown topic", () -> admin.deleteTopics(List.of("absent")).all().get());
        expect("UnknownTopicIdException", "deletion of an unknown id", () -> admin.deleteTopics(TopicCollection.ofTopicIds(List.of(new Uuid(1, 2)))).all().get());
    }

    static String alter(ConfigResource.Type type, String resource, String name, String value, AlterConfigOp.OpType operation) throws Exception {
        AlterConfigOp change = new AlterConfigOp(new ConfigEntry(name, value), operation);
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(type, resource), List.of(change))).all().get();
        return "altered";
    }

    static void configs() {
        ConfigResource answers = new ConfigResource(ConfigResource.Type.TOPIC, "answers");
        expect("altered", "an item taken from a list", () -> alter(answers.type(), "answers", "cleanup.policy", "compact", AlterConfigOp.OpType.SUBTRACT));
        expect("delete", "the list without it", () -> admin.describeConfigs(List.of(answers)).all().get().get(answers).get("cleanup.policy").value());
        expect("InvalidConfigurationException", "an item for a number", () -> alter(answers.type(), "answers", "retention.ms", "1", AlterConfigOp.OpType.APPEND));
        expect("InvalidConfigurationException", "a value out of bounds", () -> alter(answers.type(), "answers", "min.insync.replicas", "0", AlterConfigOp.OpType.SET));
        expect("UnknownTopicOrPartitionException", "an unknown topic", () -> alter(answers.type(), "absent", "retention.ms", "1", AlterConfigOp.OpType.SET));
        expect("InvalidRequestException", "a setting that takes a restart", () -> alter(ConfigResource.Type.BROKER, "1", "broker.id", "7", AlterConfigOp.OpType.SET));
    }

    static String send(ProducerRecord<String, String> record, Object... settings) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(properties(settings), new StringSerializer(), new StringSerializer())) {
            return String.valueOf(producer.send(record).get().offset());
        }
    }

    static void produce() throws Exception {
        create(topic("small", 1, 1, "max.message.bytes", "100"));
        create(topic("compacted", 1, 1, "cleanup.policy", "compact"));
        create(topic("punctual", 1, 1, "message.timestamp.before.max.ms", "1000"));
        for (int i = 0; i < 4; i++) {
            String offset = String.valueOf(i);
            expect(offset, "record " + i, () -> send(new ProducerRecord<>("answers", 0, "k", "v")));
        }
        expect("RecordTooLargeException", "a record above max.message.bytes", () -> send(new ProducerRecord<>("small", "v".repeat(500))));
        expect("InvalidRecordException", "no key for compaction", () -> send(new ProducerRecord<>("compacted", "v")));
        expect("InvalidTimestampException", "an old record", () -> send(new ProducerRecord<>("punctual", 0, 1000L, "k", "v")));
        expect("InvalidTopicException", "an invalid topic", () -> send(new ProducerRecord<>("a b", "v"), "max.block.ms", "5000"));
    }

    static long offset(OffsetSpec spec) throws Exception {
        return admin.listOffsets(Map.of(FIRST, spec)).all().get().get(FIRST).offset();
    }

    static KafkaConsumer<String, String> consumer(Object... settings) {
        return new KafkaConsumer<>(properties(settings), new StringDeserializer(), new StringDeserializer());
    }

    static long positionAfterSeek(long offset, String reset) {
        try (KafkaConsumer<String, String> consumer = consumer("auto.offset.reset", reset)) {
            consumer.assign(List.of(FIRST));
            consumer.seek(FIRST, offset);
            long until = System.currentTimeMillis() + 10_000;
            while (consumer.position(FIRST) == offset && System.currentTimeMillis() < until) consumer.poll(Duration.ofMillis(100));
            return consumer.position(FIRST);
        }
    }

    static void offsets() {
        expect("0", "the earliest offset", () -> offset(OffsetSpec.earliest()));
        expect("4", "the latest offset", () -> offset(OffsetSpec.latest()));
        expect("0", "the first record since 1970", () -> offset(OffsetSpec.forTimestamp(0)));
        expect("-1", "a time that no record has", () -> offset(OffsetSpec.forTimestamp(Long.MAX_VALUE)));
        expect("4", "a position beyond the end", () -> positionAfterSeek(1000, "latest"));
        expect("4", "the largest position", () -> positionAfterSeek(Long.MAX_VALUE, "latest"));
        expect("OffsetOutOfRangeException", "a position beyond the end without a reset", () -> positionAfterSeek(1000, "none"));
    }

    static String commit(String group, Map<TopicPartition, OffsetAndMetadata> offsets) {
        try (KafkaConsumer<String, String> consumer = consumer("group.id", group)) {
            consumer.assign(offsets.keySet());
            consumer.commitSync(offsets);
            return String.valueOf(consumer.committed(offsets.keySet()).equals(offsets));
        }
    }

    /** The number of partitions that a new member is given. */
    static int join(KafkaConsumer<String, String> consumer) {
        consumer.subscribe(List.of("answers"));
        long until = System.currentTimeMillis() + 30_000;
        while (consumer.assignment().isEmpty() && System.currentTimeMillis() < until) consumer.poll(Duration.ofMillis(100));
        return consumer.assignment().size();
    }

    static int join(String group, Object... settings) {
        Object[] all = new Object[settings.length + 2];
        all[0] = "group.id";
        all[1] = group;
        System.arraycopy(settings, 0, all, 2, settings.length);
        try (KafkaConsumer<String, String> consumer = consumer(all)) {
            return join(consumer);
        }
    }

    static String state(String group) throws Exception {
        return admin.describeConsumerGroups(List.of(group)).all().get().get(group).state().toString();
    }

    static Object remove(String instance) throws Exception {
        MemberToRemove member = new MemberToRemove(instance);
        return admin.removeMembersFromConsumerGroup("members", new RemoveMembersFromConsumerGroupOptions(List.of(member))).all().get();
    }

    static void groups() {
        expect("true", "a commit without membership", () -> commit("simple", AT_TWO));
        expect("OffsetMetadataTooLarge", "a long note", () -> commit("simple", Map.of(FIRST, new OffsetAndMetadata(2, "x".repeat(5000)))));
        expect("Empty", "its state", () -> state("simple"));
        expect("Dead", "the state of no group", () -> state("nobody"));
        expect("3", "the operations on a group", () ->
            admin.describeConsumerGroups(List.of("simple"), new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true)).all().get().get("simple").authorizedOperations().size());
        expect("{}", "the offsets of no group", () -> admin.listConsumerGroupOffsets("nobody").partitionsToOffsetAndMetadata().get());
        expect("1", "the offsets of several groups at once", () ->
            admin.listConsumerGroupOffsets(Map.of("simple", new ListConsumerGroupOffsetsSpec(), "nobody", new ListConsumerGroupOffsetsSpec())).all().get().get("simple").size());
        expect("InvalidSessionTimeoutException", "a short session", () -> join("sessions", "session.timeout.ms", "100", "heartbeat.interval.ms", "10"));
        expect("InvalidSessionTimeoutException", "a long session", () -> join("sessions", "session.timeout.ms", "3000000"));
        try (KafkaConsumer<String, String> member = consumer("group.id", "members", "group.instance.id", "one", "heartbeat.interval.ms", "300")) {
            expect("3", "a static member", () -> join(member));
            expect("InconsistentGroupProtocolException", "an assignor of one's own", () ->
                join("members", "partition.assignment.strategy", "org.apache.kafka.clients.consumer.RoundRobinAssignor"));
            expect("GroupNotEmptyException", "deletion of a group at work", () -> admin.deleteConsumerGroups(List.of("members")).all().get());
            expect("UnknownMemberIdException", "offsets set under a group at work", () -> admin.alterConsumerGroupOffsets("members", AT_TWO).all().get());
            expect("3", "a second member of the same instance", () -> join("members", "group.instance.id", "one"));
            expect("FencedInstanceIdException", "the first one after it", () -> {
                for (int i = 0; i < 100; i++) member.poll(Duration.ofMillis(100));
                return "not fenced";
            });
        }
        expect("UnknownMemberIdException", "removal of an unknown instance", () -> remove("two"));
        expect("null", "removal of the instance", () -> remove("one"));
        expect("Empty", "the state then", () -> state("members"));
        expect("null", "deletion of an empty group", () -> admin.deleteConsumerGroups(List.of("simple")).all().get());
        expect("GroupIdNotFoundException", "deletion of no group", () -> admin.deleteConsumerGroups(List.of("nobody")).all().get());
    }
}
