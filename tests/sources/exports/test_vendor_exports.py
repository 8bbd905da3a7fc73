"""Tables of vendors are known by their shape: each file once, by one vendor, every row accounted for."""

import csv
from collections import Counter

import pytest
from tests.sources.exports.made import made_of

from segmentary.sources.exports.raw import RawFile
from segmentary.sources.exports.registry import exports
from segmentary.sources.exports.translation import Translation
from segmentary.sources.open import open_source

PERSONS = {"customers", "orders", "order_lines"}
ABOUT_PEOPLE = {
    "shopify": {"customer_data", "gql_customer_data", "gql_customer_address_data", "order_data", "order_bq_json_data",
                "gql_order_data", "order_line_data", "gql_order_line_data", "order_line_refund_data",
                "gql_order_line_refund_data", "refund_data", "gql_refund_data", "order_tag_data", "gql_order_tag_data",
                "order_discount_code_data", "gql_order_discount_code_data", "discount_application_data",
                "gql_discount_application_data"},
    "mailchimp": {"member"},
    "zendesk": {"user_data", "user_data_snowflake"},
}  # fmt: skip


def translated(path):
    (delivery,) = open_source(path)
    raw = RawFile(delivery)
    (found,) = [(export, reason) for export in exports() if (reason := export.recognises(raw))]
    return Translation(raw, *found)


@pytest.mark.real_data
@pytest.mark.parametrize(("vendor", "files"), [("shopify", 92), ("mailchimp", 12), ("zendesk", 24)])
def test_every_table_of_a_vendor_is_known_whatever_its_file_is_called(real_data, tmp_path, vendor, files):
    paths = sorted((real_data / "payloads" / f"vendor_tables_{vendor}").glob("*.csv"))
    assert len(paths) == files
    rows = Counter()
    for number, path in enumerate(paths):
        copy = tmp_path / f"a{number}.csv"
        copy.symlink_to(path)
        found = translated(copy)
        assert found.export.name == vendor, path.name
        account = found.account
        assert account.rows == account.used + len(account.refused) + len(account.set_aside)
        assert not account.refused, path.name
        with path.open(newline="", encoding="utf-8-sig") as file:
            assert account.rows == sum(1 for _ in csv.DictReader(file)), path.name
        kinds = {part.mapping.kind for part in found.parts if account.made[part.name]}
        if kinds & PERSONS:
            assert path.stem.removeprefix("shopify_") in ABOUT_PEOPLE[vendor], (path.name, kinds)
        rows.update(used=account.used, aside=len(account.set_aside))
    told = {"shopify": (409, 290), "mailchimp": (58, 0), "zendesk": (183, 39)}
    assert (rows["used"], rows["aside"]) == told[vendor]


@pytest.mark.real_data
def test_what_the_desk_says_in_chats_is_nobodys(real_data):
    rows = made_of(real_data / "payloads" / "vendor_tables_zendesk" / "ticket_chat_event_data.csv")
    assert {(each["direction"], each.get("record_id")) for each in rows["chat_messages"]} == {("out", None)}
    assert len(rows["chat_messages"]) == 7


def written(folder, text, name="a.csv"):
    path = folder / name
    path.write_text(text)
    return made_of(path)


def test_hubspot_contacts_by_their_labels(tmp_path):
    rows = written(
        tmp_path,
        "Record ID,First Name,Last Name,Email,Contact owner,Create Date,Lifecycle Stage,Unsubscribed from all email,"
        "Associated Company IDs,Merged record IDs,Favourite colour\n"
        "101,Ann,Berg,ann@example.org,Eva,2026-01-05 10:20,customer,false,900;901,77;78,blue\n"
        "102,Bob,Coe,bob@example.org,Eva,2026-02-05 10:20,lead,true,900,,\n",
    )
    ann = rows["contacts"][0]
    assert (ann["record_id"], ann["account_id"], ann["favourite_colour"]) == ("101", "900", "blue")
    assert ann["created_at"] == "2026-01-05T10:20"
    assert {(each["record_id"], each["merged_into"]) for each in rows["merged"]} == {("77", "101"), ("78", "101")}
    (refusal,) = rows["email_refusals"]
    assert (refusal["record_id"], refusal["granted"]) == ("102", "false")
    assert "unsubscribed_from_all_email" not in rows["contacts"][1]


def test_hubspot_deals_are_won_lost_or_in_a_stage(tmp_path):
    rows = written(
        tmp_path,
        "hs_object_id,dealname,dealstage,amount,closedate,createdate,pipeline,associated_contact_ids,"
        "associated_company_ids\n"
        "1,Big,closedwon,1000.50,1767225600000,1764547200000,default,101,900\n"
        "2,Small,closedlost,200,2026-03-01,2026-02-01,default,,900\n"
        "3,Open,Contract sent,300,2027-12-01,2026-02-01,default,102,900\n",
    )
    assert [(each["record_id"], each["status"], each["happened_at"]) for each in rows["deals"]] == [
        ("101", "won", "2026-01-01T00:00:00Z"), ("company/900", "lost", "2026-03-01"),
        ("102", "contract_sent", "2026-02-01"),
    ]  # fmt: skip
    assert [each["to_id"] for each in rows["companies_of_deals"]] == ["900"]


def test_hubspot_records_as_json(tmp_path):
    rows = written(
        tmp_path,
        '{"results": [{"id": "5", "properties": {"email": "a@example.org", "firstname": "A", "lastname": "B",'
        ' "lifecyclestage": "lead", "hs_email_optout": "true"}, "archived": true}]}',
        "a.json",
    )
    assert rows["contacts"][0]["deleted"] == "true"
    assert rows["email_refusals"][0]["record_id"] == "5"


def test_salesforce_contacts_leads_and_cases(tmp_path):
    rows = written(
        tmp_path,
        "Id,AccountId,LastName,Email,MailingCity,HasOptedOutOfEmail,DoNotCall,IsDeleted,MasterRecordId,CreatedDate\n"
        "003A,001A,Dee,d@example.org,Berlin,true,false,false,,2026-01-05T10:11:12.000+0000\n"
        "003B,001A,Eff,e@example.org,Bonn,false,1,true,003A,2026-01-05T10:11:12.000+0000\n",
    )
    assert [each.get("merged_into") for each in rows["contacts"]] == [None, "003A"]
    assert [each["deleted"] for each in rows["contacts"]] == ["false", "true"]
    assert rows["contacts"][0]["created_at"] == "2026-01-05T10:11:12.000+00:00"
    assert [each["record_id"] for each in rows["email_refusals"]] == ["003A"]
    assert [each["record_id"] for each in rows["phone_refusals"]] == ["003B"]
    leads = written(
        tmp_path,
        "Id,LastName,Company,Status,Email,IsConverted,ConvertedContactId,ConvertedDate\n"
        "00QA,Fox,Acme,Qualified,f@example.org,true,003A,2026-02-01\n",
        "b.csv",
    )
    assert leads["leads"][0]["merged_into"] == "003A"
    assert leads["conversions"][0]["name"] == "lead_converted"


def test_klaviyo_profiles_and_events(tmp_path):
    rows = written(
        tmp_path,
        "Email,Klaviyo ID,First Name,Last Name,Phone Number,Email Marketing Consent,Email Marketing Consent Timestamp,"
        "SMS Marketing Consent,Plan\n"
        "a@example.org,K1,A,B,+4930123456,SUBSCRIBED,2026-01-01 10:00:00,UNSUBSCRIBED,gold\n"
        "b@example.org,K2,A,B,,NEVER_SUBSCRIBED,,,\n"
        "c@example.org,K3,A,B,,PERHAPS,,,\n",
    )
    assert [(each["record_id"], each["granted"]) for each in rows["email_consents"]] == [
        ("K1", "true"), ("K2", "false")]  # fmt: skip
    assert [each["granted"] for each in rows["sms_consents"]] == ["false"]
    assert rows["rejected"][0]["reason"] == "email_marketing_consent 'PERHAPS' is not known"
    events = written(
        tmp_path,
        "id,metric_name,person_id,datetime,campaign_name,url,value,shoe_size\n"
        "e1,Opened Email,K1,2026-01-02 10:00:00,Spring,,,\n"
        "e2,Placed Order,K1,2026-01-03 10:00:00,,,12.50,42\n",
        "b.csv",
    )
    assert [(each["name"], each.get("amount"), each.get("shoe_size")) for each in events["events"]] == [
        ("email_opened", None, None), ("placed_order", "12.50", "42")]  # fmt: skip


def test_intercom_conversations_say_who_speaks(tmp_path):
    rows = written(
        tmp_path,
        "id,conversation_id,part_type,author_id,author_type,created_at,body\n"
        "1,7,comment,u1,user,2026-01-01 10:00:00,<p>Where is&nbsp;my parcel?</p>\n"
        "2,7,comment,a1,admin,2026-01-01 10:05:00,On its way\n"
        "3,7,note,a1,admin,2026-01-01 10:06:00,annoying\n"
        "4,7,close,a1,admin,2026-01-01 10:07:00,\n",
    )
    assert [(each["direction"], each.get("record_id"), each["text"]) for each in rows["messages"]] == [
        ("in", "u1", "Where is my parcel?"), ("out", None, "On its way")]  # fmt: skip
    assert [each["name"] for each in rows["changes"]] == ["conversation_closed"]
    assert [each["row_number"] for each in rows["rejected"]] == [3]


def test_posts_and_mentions(tmp_path):
    rows = written(
        tmp_path,
        "Date,Full Text,Author,Page Type,Sentiment,Likes,Url,X Followers\n"
        "2026-05-01 10:00:00,Love the new bike,@Anna,X,positive,12,https://x.example/1,300\n"
        "2026-05-01 11:00:00,,ben,reddit,negative,3,https://r.example/2,\n",
    )
    (post,) = rows["posts"]
    assert (post["record_id"], post["external_id"], post["channel"]) == ("twitter:anna", "anna", "social")
    assert (rows["mentions"][0]["sentiment"], rows["mentions"][0]["likes"]) == ("positive", "12")
    assert rows["rejected"][0]["reason"] == "set aside: a post without words"


@pytest.mark.parametrize(
    "header",
    [
        "id,email,first_name,last_name,created_at", "customer_id,tag", "user_id,tag", "id,name,created_at,status",
        "order_id,customer_id,created_at,amount,status", "id,name,domain,industry,employees",
        "timestamp,user_id,event_name,channel", "id,status,created_at,updated_at", "product_id,name,price",
        "id,order_id,product_id,quantity,price,name,customer_id,created_at", "date,text,author,ticket_id",
        "Timestamp,User ID,Event Name", "#,name,city", "id,name,url,created_at,updated_at",
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value",
    ],
)  # fmt: skip
def test_other_tables_are_nobodys(tmp_path, header):
    path = tmp_path / "shopify_customers.csv"
    path.write_text(f"{header}\n" + ",".join("1" for _ in header.split(",")) + "\n")
    (delivery,) = open_source(path)
    raw = RawFile(delivery)
    assert [export.name for export in exports() if export.recognises(raw)] == []
